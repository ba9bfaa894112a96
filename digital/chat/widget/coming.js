  // -- What comes ---------------------------------------------------------------------------

  let stream = null;            // what ends the stream that runs
  let wake = new AbortController();
  let down = 0;

  const nudge = () => { wake.abort(); wake = new AbortController(); };
  const pause = (tries, wait = 0) => sleep(Math.max(wait * 1000, Math.min(15000, 500 * 2 ** tries) * (0.7 + Math.random() * 0.6)), wake.signal);
  const trouble = is => {
    down = is ? down + 1 : 0;
    net.hidden = !(down > 1 || (is && navigator.onLine === false));
  };

  const catchUp = async () => {
    for (let more = true; more;) {
      const answer = await asked(`messages?after=${encodeURIComponent(cursor)}`);
      const page = await answer.json();
      page.messages.forEach(hear);
      cursor = page.after;
      more = page.more;
      if (!more) { stand(page.standing); typing = page.typing; }
    }
    loaded = true;
    trouble(false);
    draw();
  };

  const heard = (name, data, id) => {
    if (id) cursor = id;
    const value = JSON.parse(data);
    if (name === 'message') { if (value.from !== 'visitor' && !messages.has(value.id)) typing = { on: false }; hear(value); }
    if (name === 'typing') typing = value;
    if (name === 'state' || name === 'closed') { stand(value); if (name === 'closed') typing = { on: false }; }
    draw();
  };

  /** Read a stream of events: lines, an empty one ends an event (WHATWG HTML, 9.2.6). */
  const listen = async (answer, alive) => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '', name = '', data = '', id = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line === '') { if (data) heard(name, data, id); name = data = id = ''; continue; }
        const cut = line.indexOf(':');
        const field = line.slice(0, cut), content = line.slice(cut + 1).replace(/^ /, '');
        if (field === 'event') name = content;
        if (field === 'data') data = content;
        if (field === 'id') id = content;
      }
    }
  };

  const follow = async () => {
    if (stream) return;
    stream = new AbortController();
    let tries = 0, watch;
    try {
      while (standing && standing.state !== 'closed') {
        let wait = 0;
        const cut = new AbortController();
        const alive = () => { clearTimeout(watch); watch = setTimeout(() => cut.abort(), 40000); };
        try {
          if (!loaded) await catchUp();
          alive();
          const answer = await asked(`events?tab=${tab}`, { headers: { 'Last-Event-ID': cursor }, signal: cut.signal, limit: 0 });
          trouble(false);
          tries = 0;
          flush();
          await listen(answer, alive);
        } catch (error) {
          if (error.status === 404 || error.status === 403) return;
          wait = error.wait || 0;
          if (error.status === 429 || error.status === 503) await catchUp().catch(() => trouble(true));
          else trouble(true);
        }
        clearTimeout(watch);
        if (standing && standing.state !== 'closed') await pause(tries++, Math.min(wait, 5));
      }
    } finally {
      clearTimeout(watch);
      stream = null;
      trouble(false);
    }
  };
