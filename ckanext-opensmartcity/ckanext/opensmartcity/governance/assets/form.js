/* While a steward types: ask the portal what the page would be worth, and show the questions that apply.
   What applies and what is open is decided by the portal alone; nothing is decided here. */
this.ckan.module('opensmartcity-form', function () {
  'use strict';
  const PAUSE = 500;

  return {
    options: { address: '' },

    initialize() {
      this.form = this.el[0];
      this.panel = document.getElementById('osc-panel');
      this.said = document.getElementById('osc-said');
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
      if (['checkbox', 'radio'].includes(input.type)) return input.checked !== input.defaultChecked;
      if (input.options) return [...input.options].some((each) => each.value && each.selected !== each.defaultSelected);
      return input.type !== 'hidden' && 'defaultValue' in input && input.value !== input.defaultValue;
    },

    wait() {
      for (const offer of this.form.querySelectorAll('.osc-question .osc-offer'))
        offer.hidden = this.isFilled(offer.closest('.osc-question'));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    },

    async ask() {
      this.request?.abort();
      this.request = new AbortController();
      const { signal } = this.request;
      try {
        const answer = await fetch(this.options.address, { method: 'POST', body: new FormData(this.form), signal });
        if (answer.ok) this.show(await answer.json());
      } catch (problem) {
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
