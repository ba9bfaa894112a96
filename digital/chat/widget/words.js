  // -- Words --------------------------------------------------------------------------------

  const WORDS = @@WORDS@@;
  const wanted = (option.language || document.documentElement.lang || navigator.language || 'en').toLowerCase().split('-')[0];
  const language = WORDS[wanted] ? wanted : 'en';
  const say = Object.fromEntries('@@KEYS@@'.split(' ').map((key, at) => [key, WORDS[language][at]]));
  const locale = (navigator.language || '').startsWith(language) ? navigator.language : language;
  const put = (text, value) => text.replace('{}', () => value);

