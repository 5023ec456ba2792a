namespace QueueAdmission.LoadTest.Report;

/// <summary>A progress bar on the console, with the current measurement and the elapsed time.</summary>
internal sealed class Progress
{
    private const int Width = 24;

    private readonly DateTime _since = DateTime.UtcNow;
    private string _scenario = "";
    private int _steps;
    private int _done;

    public void Begin(string scenario, int steps)
    {
        End();
        (_scenario, _steps, _done) = (scenario, steps, 0);
    }

    public void Step(string what)
    {
        var filled = Width * _done / _steps;
        var bar = new string('#', filled) + new string('.', Width - filled);
        var time = DateTime.UtcNow - _since;
        var line = $"{_scenario,-16} [{bar}] {++_done,3}/{_steps}  {time:mm\\:ss}  {what}";
        if (Console.IsOutputRedirected)
            Console.WriteLine(line);
        else
            Console.Write($"\r{line,-110}");
    }

    public void End()
    {
        if (_steps > 0 && !Console.IsOutputRedirected)
            Console.WriteLine(
                $"\r{_scenario,-16} [{new string('#', Width)}] {_steps,3}/{_steps}  "
                + $"{DateTime.UtcNow - _since:mm\\:ss}{"",-60}");
    }
}
