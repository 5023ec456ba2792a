using System.Globalization;
using System.Text;

namespace QueueAdmission.Simulation.VirtualTime.Pictures;

/// <summary>A line chart over time as SVG, which is readable on light and dark pages.</summary>
internal sealed class Chart(string title, string unit, double seconds, double most)
{
    private const int Width = 720, Height = 260, Left = 56, Right = 16, Top = 56, Bottom = 34;

    private static readonly string[] Colours = ["#c2410c", "#1d6fb8", "#3f8f3f", "#7c5cbf"];

    private readonly List<(string Name, IReadOnlyList<double> Values)> _lines = [];

    /// <summary>Adds a line with values at equal intervals of time.</summary>
    public Chart Add(string name, IReadOnlyList<double> values)
    {
        _lines.Add((name, values));
        return this;
    }

    public string ToSvg()
    {
        var svg = new StringBuilder();
        void Write(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        const string Font = "font-family=\"system-ui, sans-serif\" font-size=\"12\"";
        Write($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" {Font} fill=\"#777\">");
        Write($"<text x=\"{Left}\" y=\"18\" font-size=\"14\" font-weight=\"600\">{title}</text>");
        for (var tick = 0; tick <= 4; tick++)
        {
            var y = Y(most * tick / 4);
            const string Faint = "stroke=\"#999\" stroke-opacity=\"0.3\"";
            Write($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\" {Faint}/>");
            Write($"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{most * tick / 4:0.##}</text>");
        }
        for (var tick = 0; tick <= 6; tick++)
        {
            var time = seconds * tick / 6;
            Write($"<text x=\"{X(tick, 6):0.#}\" y=\"{Height - 10}\" text-anchor=\"middle\">{time:0.#} s</text>");
        }
        Write($"<text x=\"{Width - Right}\" y=\"18\" text-anchor=\"end\">{unit}</text>");
        var legend = (double)Left;
        for (var i = 0; i < _lines.Count; i++)
        {
            var (name, values) = _lines[i];
            Write($"<text x=\"{legend:0.#}\" y=\"40\" fill=\"{Colours[i]}\">— {name}</text>");
            legend += (name.Length * 6.6) + 34;
            var points = string.Join(' ', values.Select((value, at) =>
                string.Create(
                    CultureInfo.InvariantCulture, $"{X(at, values.Count - 1):0.#},{Y(Math.Min(value, most)):0.#}")));
            Write($"<polyline fill=\"none\" stroke=\"{Colours[i]}\" stroke-width=\"1.8\" points=\"{points}\"/>");
        }
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static double X(double at, int last) => Left + (at / Math.Max(1, last) * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - (value / most * (Height - Top - Bottom));
}
