namespace PostDemo;

/// <summary>The process that runs the jobs tells the front by a line of its output that it has started.</summary>
internal static class WorkerSign
{
    private const string Line = "ready to run jobs";

    public static void Tell() => Console.Out.WriteLine(Line);

    public static bool IsIt(string line) => line == Line;
}
