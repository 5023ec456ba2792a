using System.Globalization;
using System.Security;
using System.Text;

namespace QueueAdmission.LoadTest.Report;

/// <summary>A line in a chart, with a value for each position on the x axis.</summary>
internal sealed record Series(string Name, double[] Values);

/// <summary>
/// A line chart as SVG. The positions on the x axis are evenly spaced, whatever their values are. The y axis begins at
/// 0. A line ends before its first value that is not a number.
/// </summary>
internal sealed record Chart(string Title, string XAxis, double[] X, Series[] Series)
{
    public const int Width = 750;
    public const int Height = 320;

    private const int Left = 48;
    private const int Right = 180;
    private const int Top = 40;
    private const int Bottom = 48;

    private static readonly string[] Colours = ["#8a8f98", "#d97706", "#b91c1c", "#0f766e", "#2563eb"];

    public string ToSvg(int offset)
    {
        var most = Math.Max(1, Series.Max(series => series.Values.Max()));
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<g transform="translate(0 {offset})"><text x="{Left}" y="22" font-weight="600">"""))
            .Append(SecurityElement.Escape(Title)).Append("</text>");
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = most * tick / 4;
            var y = Invariant($"{Y(value):0.#}");
            svg.Append(Invariant($"""<line x1="{Left}" x2="{Width - Right}" y1="{y}" y2="{y}" stroke="#8884"/>"""))
                .Append(Invariant($"""<text x="{Left - 6}" y="{Y(value) + 4:0.#}" """))
                .Append(Invariant($"""text-anchor="end">{value:0.##}</text>"""));
        }
        var every = Math.Max(1, X.Length / 7);
        for (var i = 0; i < X.Length; i += every)
            svg.Append(Invariant(
                $"""<text x="{PlaceOf(i):0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{X[i]:0.##}</text>"""));
        svg.Append(Invariant($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 10}" text-anchor="middle">"""))
            .Append(SecurityElement.Escape(XAxis)).Append("</text>");
        foreach (var (at, series) in Series.Index())
        {
            var points = string.Join(' ', series.Values.TakeWhile(value => !double.IsNaN(value))
                .Select((value, i) => Invariant($"{PlaceOf(i):0.#},{Y(value):0.#}")));
            var (y, colour) = (Top + 14 + (at * 20), Colours[at % Colours.Length]);
            svg.Append($"""<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>""")
                .Append(Invariant($"""<text x="{Width - Right + 12}" y="{y}" fill="{colour}" font-weight="600">"""))
                .Append(SecurityElement.Escape(series.Name)).Append("</text>");
        }
        return svg.Append("</g>").ToString();

        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * value / most);
    }

    public static string ToFile(IReadOnlyList<Chart> charts) =>
        Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height * charts.Count}" """)
        + """font-family="system-ui, sans-serif" font-size="12" fill="#888">"""
        + """<rect width="100%" height="100%" fill="#fff"/>"""
        + string.Concat(charts.Select((chart, at) => chart.ToSvg(at * Height))) + "</svg>\n";

    private double PlaceOf(int i) =>
        Left + ((Width - Left - Right) * (X.Length == 1 ? 0.5 : (double)i / (X.Length - 1)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
