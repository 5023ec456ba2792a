namespace PostDemo;

/// <summary>
/// Posts go through Kafka with <c>--intake kafka</c>, and through real brokers with <c>--bootstrap host:port</c>.
/// </summary>
/// <param name="Servers">The brokers; null for those of this program.</param>
internal sealed record KafkaChoice(string? Servers)
{
    public const string Section = "Kafka";
    public const string Bootstrap = "bootstrap";
    public const string BootstrapOption = $"--{Bootstrap}";

    /// <returns>Null if posts go to the store at once.</returns>
    /// <exception cref="DemoException">There is no such intake.</exception>
    public static KafkaChoice? Of(IConfiguration configuration) => configuration["intake"] switch
    {
        null or "" or "store" => null,
        "kafka" => new KafkaChoice(configuration[Bootstrap]),
        var other => throw new DemoException($"--intake {other} is unknown. There are: store, kafka."),
    };
}
