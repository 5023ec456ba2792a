namespace QueueAdmission.EndToEnd.Browser;

/// <summary>Contains a script that finds unreadable parts of a page.</summary>
internal static class Readability
{
    /// <summary>
    /// Returns the texts of the page whose WCAG contrast is below 4.5 to 1, and the width of the page if it does not
    /// fit the window. Empty if there are no faults.
    /// </summary>
    public const string Faults =
        """
        (() => {
          // A colour is "rgb(242, 172, 29)", or "color(srgb 0.95 0.67 0.11)" where colours are mixed.
          const parts = text => (text.match(/[\d.]+/g) ?? []).map(Number)
            .map((v, i) => text.startsWith("color(") && i < 3 ? v * 255 : v);
          const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
          const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const ground = element => {
            for (let e = element; e; e = e.parentElement) {
              const [r, g, b, alpha = 1] = parts(getComputedStyle(e).backgroundColor);
              if (alpha === 1) return [r, g, b];
            }
            return [255, 255, 255];
          };
          const found = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || element.closest("template, noscript, script")) continue;
            if (!element.checkVisibility()) continue;
            const text = light(parts(getComputedStyle(element).color));
            const [a, b] = [text, light(ground(element))].sort((x, y) => y - x);
            const ratio = (a + .05) / (b + .05);
            if (ratio < 4.5) found.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
          }
          const width = document.documentElement.scrollWidth;
          if (width > innerWidth) found.push(`${width} px wide`);
          return found.join("; ");
        })()
        """;
}
