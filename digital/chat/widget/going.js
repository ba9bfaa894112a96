  // -- What goes ----------------------------------------------------------------------------

  let order = 0, flushing = false;

  const queue = (text, { choice = '', attached = [] } = {}) => {
    const key = fresh();
    const message = { key, text, choice, from: 'visitor', at: new Date().toISOString(), state: 'unsent', order: order++, late: down > 1, attached,
      files: attached.map(file => ({ name: file.name, size: file.size })) };
    messages.set(key, message);
    store.set(`unsent:${key}`, JSON.stringify({ text, choice, at: message.at, files: attached.map(f => f.name) }));
    draw(true);
    flush();
  };

  /** What the page before this one could not send; files went with that page. */
  const recall = () => {
    const found = store.names().filter(name => name.startsWith('unsent:'));
    const kept = found.map(name => [name.slice(7), JSON.parse(store.get(name) || '{}')]);
    for (const [key, { text = '', choice = '', at, files: names = [] }] of kept.sort((a, b) => (a[1].at < b[1].at ? -1 : 1))) {
      if ([...messages.values()].some(m => m.key === key)) { store.drop(`unsent:${key}`); continue; }
      const lost = names.length > 0;
      if (lost) store.drop(`unsent:${key}`);
      messages.set(key, { key, text, choice, from: 'visitor', at, state: lost ? 'failed' : 'unsent', reason: lost ? say.fileGone : '', order: order++, attached: [],
        files: names.map(name => ({ name })) });
    }
  };

  const post = message => {
    if (!message.attached.length) return asked('messages', { body: { key: message.key, text: message.text, ...(message.choice && { choice: message.choice }) } });
    const form = new FormData();
    form.set('key', message.key);
    form.set('text', message.text);
    message.attached.forEach(file => form.append('file', file, file.name));
    return asked('messages', { body: form, limit: 120000 });
  };

  /** Whether the form must be sent first: what was written before it was known waits for it. */
  const held = () => about.form.length && (!standing || standing.state === 'closed');

  /** Send what is unsent, one after the other, until it is through or refused for good. */
  const flush = async () => {
    if (flushing) { nudge(); return; }
    flushing = true;
    let tries = 0;
    try {
      for (let message; (message = sorted().find(m => m.state === 'unsent'));) {
        try {
          if (!about) await join();
          if (held()) return;
          const taken = await (await post(message)).json();
          store.drop(`unsent:${message.key}`);
          tries = 0;
          trouble(false);
          if (messages.has(message.key)) message.state = 'taken';
          if (!standing || standing.state === 'closed') stand({ conversation: taken.conversation, state: 'flow', agent: '' });
          follow();
        } catch (error) {
          if (error instanceof Refused && !error.passing) {
            message.state = 'failed';
            message.reason = error.status === 413 ? say.large : error.status === 415 ? say.kind : error.status === 404 || error.status === 403 ? say.gone : error.message;
            store.drop(`unsent:${message.key}`);
          } else {
            for (const m of messages.values()) m.late = m.state === 'unsent';
            trouble(true);
            draw();
            await pause(tries++, error.wait);
          }
        }
        draw();
      }
    } finally {
      flushing = false;
    }
  };

  const begin = async inputs => {
    const key = store.get('begin') || fresh();
    store.set('begin', key);
    const taken = await (await asked('begin', { body: { key, inputs } })).json();
    store.drop('begin');
    asking = false;
    stand({ conversation: taken.conversation, state: 'flow', agent: '' });
    draw();
    follow();
    flush();
  };

  let reporting;
  const report = () => {
    clearTimeout(reporting);
    reporting = setTimeout(async () => {
      const state = watching() ? 'read' : 'delivered';
      const due = [...messages.values()].filter(m => m.number && m.from !== 'visitor' && (m.state === 'sent' || (state === 'read' && m.state === 'delivered')) && reported.get(m.id) !== state);
      for (const conversation of new Set(due.map(m => m.conversation))) {
        const these = due.filter(m => m.conversation === conversation);
        const upto = Math.max(...these.map(m => m.number)), after = Math.min(...these.map(m => m.version)) - 1;
        these.forEach(m => reported.set(m.id, state));
        await asked('read', { body: { conversation, upto, after, state } }).catch(() => these.forEach(m => reported.delete(m.id)));
      }
    }, 400);
  };

  let noted = 0;
  const note = () => {
    if (!standing || standing.state !== 'agent' || Date.now() - noted < 3000) return;
    noted = Date.now();
    asked('typing', { body: {} }).catch(() => {});
  };

  const fetchFile = async (file, button) => {
    try {
      const answer = await asked(`files/${encodeURIComponent(file.id)}`, { limit: 120000 });
      const url = URL.createObjectURL(await answer.blob());
      make('a', { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch {
      button.querySelector('small').textContent = say.lost;
    }
  };
