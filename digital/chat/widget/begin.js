/*! Linewalk web chat */
// <script src="https://HOST/widget.js" data-chat="NAME" async></script>
// Plain JavaScript, no cookies, nothing of the page is read. Everything lives in a shadow root.
(() => {
  'use strict';
  const script = document.currentScript || document.querySelector('script[data-chat]');
  if (!script || !script.dataset.chat || window.linewalkChat) return;
  window.linewalkChat = {};  // a page that puts the tag in twice has one chat

  const option = script.dataset;
  const base = script.src.replace(/\/widget\.js.*$/, '');
  const address = `${base}/digital/chat/${encodeURIComponent(option.chat)}/`;
  const on = (target, ...what) => target.addEventListener(...what);
  const phone = matchMedia('(max-width: 480px), (max-height: 430px)');
