  // -- Writing ------------------------------------------------------------------------------

  const complain = text => { warn.hidden = !text; warn.textContent = text; };
  const attach = list => {
    const limits = about ? about.limits : { files: 5, bytes: 1e7, endings: [] };
    complain('');
    for (const file of list) {
      const ending = file.name.split('.').pop().toLowerCase();
      if (limits.endings.length && !limits.endings.includes(ending)) complain(say.kind);
      else if (file.size + files.reduce((sum, one) => sum + one.size, 0) > limits.bytes) complain(say.large);
      else if (files.length >= limits.files) complain(put(say.many, limits.files));
      else files.push(file);
    }
    drawChips();
  };
  const drawChips = () => {
    chips.hidden = !files.length;
    chips.replaceChildren(...files.map(file => make('span.chip', {}, make('span', {}, file.name), make('button', { type: 'button', 'aria-label': `${say.remove}: ${file.name}`,
      onclick: () => { files = files.filter(other => other !== file); drawChips(); field.focus(); } }, icon('close')))));
    ready();
    draw();
  };
  const ready = () => {
    go.setAttribute('aria-disabled', field.value.trim() || files.length ? 'false' : 'true');
    field.style.height = 'auto';
    field.style.height = `${Math.min(130, Math.max(42, field.scrollHeight))}px`;
    field.style.overflowY = field.scrollHeight > 130 ? 'auto' : 'hidden';
    const left = 4000 - field.value.length;
    count.hidden = left > 400;
    count.textContent = put(say.left, left);
  };
  const submit = () => {
    const text = field.value.trim();
    if (!text && !files.length) return;
    const attached = files;
    files = [];
    field.value = '';
    store.drop('draft');
    complain('');
    drawChips();
    queue(text, { attached });
  };
  on(composer, 'submit', event => { event.preventDefault(); submit(); field.focus(); });
  on(field, 'keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  on(field, 'input', () => { ready(); note(); store.set('draft', field.value); });
  on(field, 'paste', event => { if (event.clipboardData && event.clipboardData.files.length) { event.preventDefault(); attach(event.clipboardData.files); } });
  on(picker, 'change', () => { attach(picker.files); picker.value = ''; field.focus(); });
