  // -- Small things -------------------------------------------------------------------------

  /** Make an element: make('p.note', {title: 'x'}, 'text', child …). Text is never markup. */
  const make = (what, given = {}, ...children) => {
    const [tag, ...classes] = what.split('.');
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(' ');
    for (const [name, value] of Object.entries(given)) {
      if (name.startsWith('on')) on(element, name.slice(2), value);
      else if (value === true) element.setAttribute(name, '');
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const icon = name => {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
  };
  const sleep = (ms, signal) => new Promise(done => {
    const timer = setTimeout(done, ms);
    if (signal) on(signal, 'abort', () => { clearTimeout(timer); done(); }, { once: true });
  });
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
  const size = n => n < 1024 * 1024 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1048576).toFixed(1)} MB`;
  const clock = at => new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });

  /** What outlives the page, one item each, so that two windows never write over each other. */
  const memory = new Map();
  const prefix = `linewalk:${address}:`;
  const store = {
    get(name) {
      try { return localStorage.getItem(prefix + name); } catch { return memory.get(name) ?? null; }
    },
    set(name, value) {
      try { localStorage.setItem(prefix + name, value); } catch { memory.set(name, value); }
    },
    drop(name) {
      try { localStorage.removeItem(prefix + name); } catch { memory.delete(name); }
    },
    names() {
      try { return Object.keys(localStorage).filter(n => n.startsWith(prefix)).map(n => n.slice(prefix.length)); } catch { return [...memory.keys()]; }
    },
  };
