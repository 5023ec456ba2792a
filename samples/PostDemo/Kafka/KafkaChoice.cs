namespace PostDemo;

/// <summary>
/// The choice to accept posts through Kafka, with <c>--intake kafka</c>. With <c>--bootstrap host:port</c> in addition,
/// real brokers are used.
/// </summary>
/// <param name="Servers">The addresses of the brokers; null for the mock broker of this program.</param>
internal sealed record KafkaChoice(string? Servers)
{
    public const string Section = "Kafka";
    public const string Bootstrap = "bootstrap";
    public const string BootstrapOption = $"--{Bootstrap}";

    /// <returns>Null if posts go directly to the store.</returns>
    /// <exception cref="DemoException">There is no such intake.</exception>
    public static KafkaChoice? Of(IConfiguration configuration) => configuration["intake"] switch
    {
        null or "" or "store" => null,
        "kafka" => new KafkaChoice(configuration[Bootstrap]),
        var other => throw new DemoException($"--intake is {other}; allowed: store, kafka."),
    };
}
