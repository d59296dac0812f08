/* While a steward types: ask the portal what the page would be worth, and show the questions that apply.
   What applies and what is open is decided by the portal alone; nothing is decided here.
   What is typed is kept in the tab (sessionStorage) until it is sent, so that it survives a reload and a change of the
   language. */
this.ckan.module('opensmartcity-form', function () {
  'use strict';
  const PAUSE = 500;

  return {
    options: { address: '', draft: '', unsaved: 'no' },

    initialize() {
      this.form = this.el[0];
      this.panel = document.getElementById('osc-panel');
      this.said = document.getElementById('osc-said');
      this.stale = document.getElementById('osc-stale');
      this.key = `opensmartcity-draft:${this.options.draft}`;
      this.restore();
      this.form.addEventListener('submit', () => sessionStorage.removeItem(this.key));
      // CKAN's country list reports its changes through jQuery only.
      this.el.on('input change', () => this.wait());
      // Input from before this script ran (a quick reader, or the browser's back button) counts as well. What applies
      // is then known only with the portal's answer, and until it comes no question may vanish under the reader.
      if ([...this.form.elements].some((input) => this.isChanged(input))) this.wait();
      else this.start();
    },

    start() {
      if (this.form.classList.contains('osc-live')) return;
      for (const question of this.form.querySelectorAll('.osc-question[data-applies=no]'))
        if (this.isInUse(question)) delete question.dataset.applies;
      this.form.classList.add('osc-live');
    },

    isChanged(input) {
      // The portal has filled in what was typed: it is not stored.
      if (this.options.unsaved === 'yes' && input.type !== 'hidden' && input.name) return true;
      if (['checkbox', 'radio'].includes(input.type)) return input.checked !== input.defaultChecked;
      if (input.options) return [...input.options].some((each) => each.value && each.selected !== each.defaultSelected);
      return input.type !== 'hidden' && 'defaultValue' in input && input.value !== input.defaultValue;
    },

    wait() {
      for (const offer of this.form.querySelectorAll('.osc-question .osc-offer'))
        offer.hidden = this.isFilled(offer.closest('.osc-question'));
      this.keep();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    },

    async ask() {
      this.request?.abort();
      this.request = new AbortController();
      const { signal } = this.request;
      try {
        const answer = await fetch(this.options.address, { method: 'POST', body: new FormData(this.form), signal });
        this.stale.hidden = answer.ok;
        if (answer.ok) this.show(await answer.json());
      } catch (problem) {
        if (problem.name !== 'AbortError') this.stale.hidden = false;
        // The next change asks again, and saving works without an answer.
        if (problem.name !== 'AbortError') console.warn(problem);
      }
    },

    show({ applies, panel, said }) {
      for (const [name, needed] of Object.entries(applies)) this.reveal(name, needed);
      this.start();
      this.panel.innerHTML = panel;
      if (this.said.textContent !== said) this.said.textContent = said;
    },

    renderedFrom: (form) => form.elements['rendered_from'],

    questionOf: (input) => input.closest('.osc-question')?.id.replace('osc-question-', ''),

    // The values of all inputs of the questions that differ from what the portal has sent.
    keep() {
      const changed = new Set();
      for (const input of this.form.elements) if (this.isChanged(input)) changed.add(this.questionOf(input));
      changed.delete(undefined);
      const inputs = [...this.form.elements].filter((input) => input.name && changed.has(this.questionOf(input)));
      const values = [...new FormData(this.form)].filter(([name]) => inputs.some((input) => input.name === name));
      const names = [...new Set(inputs.map((input) => input.name))];
      const draft = { from: JSON.parse(this.renderedFrom(this.form).value), questions: [...changed], names, values };
      if (names.length) sessionStorage.setItem(this.key, JSON.stringify(draft));
      else sessionStorage.removeItem(this.key);
    },

    // With the state that the restored questions were typed on, so that the portal notices a change by somebody else.
    restore() {
      const draft = JSON.parse(sessionStorage.getItem(this.key) || 'null');
      if (!draft || this.options.unsaved === 'yes') return;
      for (const input of this.form.elements)
        if (draft.names.includes(input.name)) this.fill(input, draft.values.filter(([name]) => name === input.name).map(([, value]) => value));
      const from = JSON.parse(this.renderedFrom(this.form).value);
      for (const question of draft.questions) if (question in draft.from) from[question] = draft.from[question];
      this.renderedFrom(this.form).value = JSON.stringify(from);
      const note = document.getElementById('osc-restored');
      note.hidden = ![...this.form.elements].some((input) => this.isChanged(input));
      document.getElementById('osc-discard').addEventListener('click', () => {
        sessionStorage.removeItem(this.key);
        location.reload();
      });
    },

    fill(input, values) {
      if (['checkbox', 'radio'].includes(input.type)) input.checked = values.includes(input.value);
      else if (input.options) for (const option of input.options) option.selected = values.includes(option.value);
      else input.value = values[0] ?? '';
      // CKAN's list shows what is selected when it hears of a change.
      if (input.options) jQuery(input).trigger('change');
    },

    // Hiding what the reader is at would lose the letters that are typed next.
    reveal(name, needed) {
      const question = document.getElementById(`osc-question-${name}`);
      if (!question) return;
      if (needed || this.isInUse(question)) delete question.dataset.applies;
      else question.dataset.applies = 'no';
    },

    isInUse(question) {
      return this.isFilled(question) || question.contains(document.activeElement);
    },

    isFilled(question) {
      const inputs = [...question.querySelectorAll('input, select, textarea')];
      return inputs.some((input) =>
        ['checkbox', 'radio'].includes(input.type) ? input.checked && input.value : input.name && input.value);
    },
  };
});
