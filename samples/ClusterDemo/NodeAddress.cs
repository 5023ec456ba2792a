namespace ClusterDemo;

/// <summary>Passes the address of a node to the front, as a line of the node's output.</summary>
internal static class NodeAddress
{
    private const string Prefix = "listening on ";

    public static void Tell(string address) => Console.Out.WriteLine(Prefix + address);

    /// <returns>Null if the line says something else.</returns>
    public static Uri? Find(string line) =>
        line.StartsWith(Prefix, StringComparison.Ordinal) ? new Uri(line[Prefix.Length..]) : null;
}
