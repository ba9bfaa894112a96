  // -- Opening and closing ------------------------------------------------------------------

  const fit = () => {
    const full = phone.matches;
    panel.classList.toggle('full', full);
    const view = window.visualViewport;
    panel.style.height = full && shown && view ? `${view.height}px` : '';
    panel.style.top = full && shown && view ? `${view.offsetTop}px` : '';
    document.documentElement.style.overflow = full && shown ? 'hidden' : scrolls;
  };
  const scrolls = document.documentElement.style.overflow;

  /** Learn where things stand, as often as it takes. */
  const arrive = async () => {
    for (let tries = 0; ; tries++) {
      try {
        await join();
        trouble(false);
        break;
      } catch (error) {
        if (error instanceof Refused && !error.passing) { hello.replaceChildren(make('b', {}, say.gone)); draw(); return; }
        trouble(true);
        await pause(tries, error.wait);
      }
    }
    picker.accept = about.limits.endings.map(ending => `.${ending}`).join(',');
    if (files.length) attach(files.splice(0));  // chosen before it was known what may be sent
    drawForm();
    if (about.conversation && !standing) stand(about.conversation);
    if (about.conversation && !loaded) await catchUp().catch(() => trouble(true));
    loaded = loaded || !about.conversation;
    recall();
    draw(true);
    follow();
    flush();
    if (shown) greet();
  };
  const greet = () => {
    if (!about || standing) return;
    if (about.form.length) { asking = true; draw(); firstField(); }
    else if (option.begins === 'open' && !messages.size) begin({}).catch(() => trouble(true));
  };

  let arriving = null;
  const come = () => { arriving = arriving || arrive().finally(() => { if (!about) arriving = null; }); };

  function open() {
    shown = true;
    panel.hidden = false;
    launch.hidden = true;
    launch.setAttribute('aria-expanded', 'true');
    fit();
    draw(true);
    if (about) greet(); else come();
    if (about && about.conversation === null && !arriving) come();
    (form.hidden ? field : form.querySelector('input') || field).focus({ preventScroll: true });
  }
  function close() {
    shown = false;
    panel.hidden = true;
    launch.hidden = false;
    launch.setAttribute('aria-expanded', 'false');
    fit();
    draw();
    launch.focus({ preventScroll: true });
  }

  on(panel, 'keydown', event => {
    if (event.key === 'Escape' && !event.isComposing) { event.stopPropagation(); close(); return; }
    if (event.key !== 'Tab') return;
    const stops = [...panel.querySelectorAll('a[href],button:not([disabled]),input:not([tabindex="-1"]),textarea,[tabindex="0"]')].filter(one => one.getClientRects().length);
    const edge = event.shiftKey ? stops[0] : stops.at(-1), other = event.shiftKey ? stops.at(-1) : stops[0];
    if (shadow.activeElement === edge) { event.preventDefault(); other.focus(); }
  });
  on(document, 'visibilitychange', () => { if (document.visibilityState === 'visible') { nudge(); draw(); } });
  on(window, 'online', nudge);
  on(window, 'offline', () => { net.hidden = false; });
  on(window, 'storage', event => {
    // Another window of this browser began or ended a conversation: follow it there.
    if (event.key !== `${prefix}active` || event.newValue !== '1' || !about || stream) return;
    catchUp().then(follow, () => trouble(true));
  });
  on(phone, 'change', fit);
  if (window.visualViewport) on(visualViewport, 'resize', fit);

  const start = () => {
    dress();
    shadow.append(root);
    document.body.append(host);
    field.value = store.get('draft') || '';
    ready();
    draw();
    if (store.get('active') || store.names().some(name => name.startsWith('unsent:'))) come();
    Object.assign(window.linewalkChat, { open, close, forget: () => store.names().forEach(store.drop) });
  };
  if (document.body) start(); else on(window, 'DOMContentLoaded', start);
})();
