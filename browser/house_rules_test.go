package browser

import (
	"fmt"
	"testing"
)

// What the rules of the page ask beyond WCAG (docs/house.md).

// finding is one thing on the page that breaks a rule.
type finding struct{ What, Text string }

func (f finding) String() string { return fmt.Sprintf("%s: %.120s", f.What, f.Text) }

// measure looks for small text, small targets and a page wider than its screen.
const measure = `(() => {
	const found = [];
	const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	const shown = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && e.getClientRects().length > 0;
	const hidden = e => { // out of sight for the eye, there for a screen reader
		const r = e.getBoundingClientRect();
		return r.width <= 1 || r.height <= 1 || r.right <= 0 || r.bottom + scrollY <= 0;
	};
	if (wide > 0) {
		let worst = null;
		for (const e of document.body.querySelectorAll('*'))
			if (shown(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
				&& !e.closest('[data-scroll], [tabindex="0"]:not(a, button)')) { worst = e; break; }
		found.push({What: wide + ' px wider than the screen', Text: worst ? worst.outerHTML : ''});
	}
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const seen = new Set();
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || seen.has(e) || e.closest('svg, script, style, noscript, template, option')) continue;
		seen.add(e);
		const size = parseFloat(getComputedStyle(e).fontSize);
		if (shown(e) && !hidden(e) && size < 17.99) found.push({What: 'text of ' + size + ' px', Text: e.outerHTML});
	}
	for (const e of document.querySelectorAll('button, select, textarea, summary, input:not([type=hidden], [type=checkbox], [type=radio]), [role=button]')) {
		const r = e.getBoundingClientRect();
		if (shown(e) && !hidden(e) && (r.height < 43.9 || r.width < 43.9))
			found.push({What: 'target of ' + Math.round(r.width) + ' × ' + Math.round(r.height) + ' px', Text: e.outerHTML});
	}
	for (const e of document.querySelectorAll('input[type=checkbox], input[type=radio]')) {
		const r = (e.closest('label') || document.querySelector('label[for="' + CSS.escape(e.id) + '"]') || e).getBoundingClientRect();
		if (shown(e) && Math.max(r.height, e.getBoundingClientRect().height) < 43.9)
			found.push({What: 'target of ' + Math.round(r.height) + ' px high', Text: e.outerHTML});
	}
	const text = document.body.innerText;
	for (const m of text.matchAll(/(^|\s)([a-z]+(\.[a-z_]+){1,4})(?=\s|$)/g))
		if (/^(web|ui|i18n|home|questions|initiatives|people|places|signin|audit|mail|blob|phases|barriers|pilots|businesscase|coalitions|scaling|practices|impact|agreements|visions|region)\./.test(m[2])) found.push({What: 'a key instead of words', Text: m[2]});
	// Double braces are of a practice package, whose adopter fills them in.
	for (const m of text.matchAll(/(?<!\{)\{[a-z]+\}(?!\})/g)) found.push({What: 'a place that nobody filled in', Text: m[0]});
	return found;
})()`

func (b *tab) measure(t *testing.T) []finding {
	t.Helper()
	return ask[[]finding](t, b, measure)
}
