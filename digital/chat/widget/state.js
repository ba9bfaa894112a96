  // -- What is known ------------------------------------------------------------------------

  const messages = new Map();   // by id, or by key while the server has not said an id
  const threads = [];           // conversations in the order they were met
  const reported = new Map();
  const tab = fresh().slice(0, 12);
  let cursor = '';
  let standing = null;
  let typing = { on: false };
  let shown = false;            // the panel is open
  let loaded = false;
  let files = [];
  let asking = false;           // the form is to be filled
  let unread = 0;

  function forget() {
    messages.clear();
    threads.length = 0;
    cursor = '';
    standing = null;
    loaded = false;
    store.drop('active');
  }

  const hear = message => {
    if (message.gone) { messages.delete(message.id); return; }
    if (!threads.includes(message.conversation)) threads.push(message.conversation);
    const known = messages.get(message.id) || (message.key && messages.get(message.key));
    if (known && known.version > message.version) return;
    if (message.key) { messages.delete(message.key); store.drop(`unsent:${message.key}`); }
    if (!known && loaded && message.from !== 'visitor' && !watching()) unread += 1;
    messages.set(message.id, message);
  };
  const place = m => m.number ? threads.indexOf(m.conversation) * 1e7 + m.number : 1e12 + m.order;
  const sorted = () => [...messages.values()].sort((a, b) => place(a) - place(b));
  const stand = now => {
    standing = now;
    if (now && now.state !== 'closed') store.set('active', '1'); else store.drop('active');
  };
  const watching = () => shown && document.visibilityState === 'visible';
