  // -- What is seen -------------------------------------------------------------------------

  const host = document.createElement('div');
  const shadow = host.attachShadow({ mode: 'open' });
  host.dataset.linewalkChat = option.chat;
  const colour = /^#[0-9a-f]{6}$/i.test(option.color || '') ? option.color : '#1f4fd8';

  const light = hex => {
    const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const dress = () => {
    const l = light(colour);
    const dark = 1.05 / (l + 0.05) >= 4.5, ink = dark ? '#fff' : '#000';
    const rules = `.root{--accent:${colour};--on:${ink};--edge:${dark ? colour : '#27323f'};--ring:${dark ? colour : '#27323f'};--glass:${dark ? '#fff3' : '#0002'}}`;
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOKS + rules);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      const style = make('style', { nonce: script.nonce || script.getAttribute('nonce') });
      style.textContent = LOOKS + rules;
      shadow.append(style);
    }
  };

  const badge = make('span.badge', { hidden: true, 'aria-hidden': 'true' });
  const launch = make('button.launch', { type: 'button', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', 'aria-label': say.open, onclick: () => open() }, icon('chat'), badge);
  const title = make('h2', { id: 'title' }, option.title || say.title);
  const stands = make('p.stand', { role: 'status' });
  const net = make('div.net', { role: 'status', hidden: true }, say.offline);
  const log = make('div.log.old', { role: 'log', 'aria-live': 'off', 'aria-relevant': 'additions', 'aria-label': say.log });
  const hello = make('div.hello', {}, make('b', {}, say.hello), say.hint);
  const who = make('span');
  const dots = make('div.typing', { hidden: true }, make('span.dots', { 'aria-hidden': 'true' }, make('i'), make('i'), make('i')), who);
  const replies = make('div.replies', { role: 'group', 'aria-label': say.replies, hidden: true });
  const room = make('div.room', { tabindex: '0', role: 'region', 'aria-label': say.log }, hello, log, dots, replies);
  const field = make('textarea', { rows: '1', maxlength: '4000', placeholder: say.write, 'aria-label': say.write, enterkeyhint: 'send', autocomplete: 'off' });
  const picker = make('input.hide', { type: 'file', multiple: true, tabindex: '-1', 'aria-hidden': 'true' });
  const clip = make('button.icon', { type: 'button', 'aria-label': say.attach, onclick: () => picker.click() }, icon('clip'));
  const go = make('button.go', { type: 'submit', 'aria-label': say.send, 'aria-disabled': 'true' }, icon('send'));
  const chips = make('div.chips', { hidden: true });
  const warn = make('div.warn', { role: 'alert', hidden: true });
  const count = make('div.count', { hidden: true });
  const composer = make('form', { novalidate: true }, warn, chips, make('div.row', {}, make('div.box', {}, clip, field), go), count, picker);
  const over = make('div.over', { hidden: true }, make('span', {}, say.over), make('button.main', { type: 'button', onclick: () => { asking = true; draw(); firstField(); } }, say.fresh));
  const footer = make('div.foot', {}, over, composer);
  const form = make('form.ask', { novalidate: true, hidden: true });
  const panel = make('section.panel', { role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'title', hidden: true },
    make('div.head', {}, make('span.face', {}, icon('chat')), make('div.names', {}, title, stands),
      make('button.icon', { type: 'button', 'aria-label': say.close, onclick: () => close() }, icon('down'))),
    net, form, room, footer);
  const root = make(`div.root${option.position === 'left' ? '.left' : ''}`, { lang: language }, launch, panel);

  const URLS = /https?:\/\/[^\s<>"'`]+/gi;
  /** Put text into an element; addresses become links, which open apart and tell nothing of us. */
  const write = (element, text) => {
    let at = 0;
    for (const found of text.matchAll(URLS)) {
      const plain = found[0].replace(/[.,;:!?)\]}»”]+$/, '');
      let url;
      try { url = new URL(plain); } catch { continue; }
      element.append(text.slice(at, found.index), make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, plain));
      at = found.index + plain.length;
    }
    element.append(text.slice(at));
  };

  const author = m => m.from === 'visitor' ? say.you : m.from === 'agent' ? m.name || say.agent : option.title || (about && about.title) || say.us;
  const paper = file => {
    const parts = [icon('file'), make('span', {}, file.name || ''), make('small', {}, file.size ? size(file.size) : '')];
    if (file.url && /^https?:\/\//i.test(file.url)) return make('a.file', { href: file.url, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...parts);
    const button = make('button.file', { type: 'button', disabled: !file.id, onclick: () => fetchFile(file, button) }, ...parts);
    return button;
  };
  const meta = m => {
    if (m.from !== 'visitor') return `${author(m)} · ${clock(m.at)}`;
    const words = { unsent: m.late ? say.waiting : say.sending, failed: say.failed };
    return words[m.state] || `${clock(m.at)} · ${say.sent}`;
  };
  const drawn = new Map();
  const bubble = m => {
    const kind = m.from === 'visitor' ? '.mine' : m.from === 'system' ? '.note' : '';
    const element = make(`div.msg${kind}`, {}, make('span.hide', {}, `${author(m)}: `));
    if (m.text) { const text = make('div.text'); write(text, m.text); element.append(text); }
    (m.files || []).forEach(file => element.append(paper(file)));
    element.append(foot(m));
    return element;
  };
  /** The line below a message; it alone changes when a message is sent or read. */
  const foot = m => {
    const line = make('div.meta', { title: new Date(m.at).toLocaleString(locale) }, meta(m));
    if (m.state === 'failed') {
      line.append(m.reason ? `: ${m.reason} ` : ' ');
      if (![say.kind, say.large].includes(m.reason) && (!(m.files || []).length || m.attached.length)) {
        line.append(make('button', { type: 'button', onclick: () => { m.state = 'unsent'; m.late = false; m.order = order++; draw(true); flush(); } }, say.retry));
      }
    }
    return line;
  };

  const drawLog = () => {
    const all = sorted(), keep = new Set();
    const newest = all.filter(m => m.from === 'visitor').at(-1);
    let before = null, index = 0;
    for (const m of all) {
      const name = m.key || m.id, mark = JSON.stringify([m.text, m.files]), state = meta(m) + m.reason;
      let known = drawn.get(name);
      if (!known || known.mark !== mark) {
        const element = bubble(m);
        if (known) { element.style.animation = 'none'; known.element.replaceWith(element); }
        known = { element, mark, state };
        drawn.set(name, known);
      }
      if (known.state !== state) known.element.lastChild.replaceWith(foot(m));
      known.state = state;
      keep.add(name);
      const split = before && m.conversation && before.conversation && m.conversation !== before.conversation;
      const next = all[all.indexOf(m) + 1];
      const other = one => !one || one.from !== m.from || one.name !== m.name || one.conversation !== m.conversation;
      const kinds = { first: other(before), tail: (m.from !== 'visitor' || m === newest) && other(next), bad: m.state === 'failed', wait: m.state === 'unsent' };
      for (const kind in kinds) known.element.classList.toggle(kind, kinds[kind]);
      if (split && !(known.split && known.split.isConnected)) known.split = make('div.split', { role: 'separator' }, new Date(m.at).toLocaleDateString(locale, { day: 'numeric', month: 'long' }));
      for (const element of split ? [known.split, known.element] : [known.element]) {
        if (log.children[index] !== element) log.insertBefore(element, log.children[index] || null);
        index += 1;
      }
      before = m;
    }
    for (const [name] of drawn) if (!keep.has(name)) drawn.delete(name);
    while (log.children.length > index) log.lastChild.remove();
  };

  const drawReplies = () => {
    const last = sorted().at(-1);
    const asked = standing && last && (standing.state === 'flow' || last.from === 'agent');
    const choices = asked && standing.state !== 'closed' ? last.choices || [] : [];
    const mark = choices.length ? last.id : '';
    if (replies.dataset.of === mark) return;
    const had = replies.contains(shadow.activeElement);
    replies.dataset.of = mark;
    replies.hidden = !choices.length;
    replies.replaceChildren(...choices.map(({ label, value }) => make('button', { type: 'button', onclick: () => { queue(label, { choice: value }); field.focus(); } }, label)));
    if (had) field.focus();
  };

  const draw = (down_ = false) => {
    const near = down_ || room.scrollHeight - room.scrollTop - room.clientHeight < 80;
    const closed = standing && standing.state === 'closed';
    const fields = about && about.form.length;
    drawLog();
    drawReplies();
    hello.hidden = messages.size > 0 || !!standing;
    form.hidden = !asking;
    room.hidden = footer.hidden = asking;
    over.hidden = !(closed && fields);
    composer.hidden = !over.hidden;
    field.placeholder = closed ? say.again : say.write;
    title.textContent = option.title || (about && about.title) || say.title;
    stands.textContent = !standing ? say.flow : closed ? say.over : standing.state === 'agent' ? put(say.with, standing.agent || say.agent) : standing.state === 'waiting' ? say.queue : say.flow;
    dots.hidden = !typing.on;
    who.textContent = typing.on ? put(say.typing, typing.name || say.agent) : '';
    if (watching()) unread = 0;
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? '9+' : unread;
    launch.setAttribute('aria-label', unread ? `${say.open}, ${(unread === 1 ? say.news1 : put(say.news, unread))}` : say.open);
    if (near && shown) room.scrollTop = room.scrollHeight;
    if (loaded && log.getAttribute('aria-live') === 'off') setTimeout(() => { log.setAttribute('aria-live', 'polite'); log.classList.remove('old'); }, 60);
    report();
  };
