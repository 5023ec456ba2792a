namespace PostDemo;

/// <summary>The line of output by which the process that runs the jobs tells the front that it is ready.</summary>
internal static class WorkerSign
{
    private const string Line = "ready to run jobs";

    public static void Tell() => Console.Out.WriteLine(Line);

    public static bool IsIt(string line) => line == Line;
}
