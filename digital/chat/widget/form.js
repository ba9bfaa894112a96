  // -- The form before the chat -------------------------------------------------------------

  const TYPES = { email: 'email', phone: 'tel', number: 'text', integer: 'text', date: 'date', boolean: 'checkbox', secret: 'password', text: 'text' };
  const FILL = { email: 'email', phone: 'tel', name: 'name' };
  const input = one => {
    const id = `f-${one.name}`;
    const own = make('input', { id, name: one.name, type: TYPES[one.type] || 'text', 'aria-required': one.required ? 'true' : null, maxlength: '1000',
      inputmode: one.type === 'integer' ? 'numeric' : one.type === 'number' ? 'decimal' : null, autocomplete: FILL[one.type] || FILL[one.name] || 'off', 'aria-describedby': `${id}-e` });
    if (one.type === 'boolean') own.checked = one.default === true; else if (one.default != null) own.value = one.default;
    const label = make('label', { for: id }, one.label, ...(one.required ? [make('small', {}, ` (${say.required})`)] : []));
    return make('div.field', {}, make(one.type === 'boolean' ? 'div.check' : 'div', {}, label, own), make('div.err', { id: `${id}-e`, hidden: true }));
  };
  const mark = (name, text) => {
    const own = form.elements.namedItem(name), line = own && form.querySelector(`#${CSS.escape(own.id)}-e`);
    if (!line) return false;
    line.hidden = !text;
    line.textContent = text;
    own.setAttribute('aria-invalid', text ? 'true' : 'false');
    return !!text;
  };
  const drawForm = () => {
    if (form.children.length || !about.form.length) return;
    form.append(make('h3', {}, say.before), ...about.form.map(input), make('div.err.whole', { role: 'alert', hidden: true }), make('button.main', { type: 'submit' }, say.start));
  };
  const firstField = () => { const own = form.querySelector('input'); if (own && shown) own.focus(); };

  on(form, 'submit', async event => {
    event.preventDefault();
    const button = form.querySelector('.main'), whole = form.querySelector('.whole');
    if (button.getAttribute('aria-disabled') === 'true') return;
    const inputs = {};
    let wrong = null;
    for (const one of about.form) {
      const own = form.elements.namedItem(one.name);
      const value = one.type === 'boolean' ? own.checked : own.value.trim();
      if (value !== '') inputs[one.name] = value;
      const text = one.required && value === '' ? say.missing : one.type === 'email' && value && !/^\S+@\S+\.\S+$/.test(value) ? say.mail : '';
      if (mark(one.name, text)) wrong = wrong || own;
    }
    if (wrong) { wrong.focus(); return; }
    button.setAttribute('aria-disabled', 'true');
    whole.hidden = true;
    try {
      await begin(inputs);
      field.focus();
    } catch (error) {
      const found = (error.fields || []).filter(({ field: name }) => mark(name, say.wrong));
      if (found.length) form.elements.namedItem(found[0].field).focus();
      else { whole.hidden = false; whole.textContent = error instanceof Refused && !error.passing ? error.message : say.offline; }
    } finally {
      button.setAttribute('aria-disabled', 'false');
    }
  });
