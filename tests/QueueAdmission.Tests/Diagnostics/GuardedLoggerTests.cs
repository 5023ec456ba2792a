using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class GuardedLoggerTests
{
    [Fact]
    public void Log_ProviderThrows_IsLost() =>
        new GuardedLogger(new FailingLogger()).Log(LogLevel.Error, 1, "state", null, static (state, _) => state);

    [Fact]
    public void IsEnabled_ProviderThrows_IsFalse() =>
        Assert.False(new GuardedLogger(new FailingLogger()).IsEnabled(LogLevel.Error));

    [Fact]
    public void BeginScope_ProviderThrows_IsNoScope() =>
        Assert.Null(new GuardedLogger(new FailingLogger()).BeginScope("scope"));

    [Fact]
    public void Dispose_OfAScopeThrows_IsLost()
    {
        var scope = new GuardedLogger(new FailingLogger(onlyTheScopesEnd: true)).BeginScope("scope");

        Assert.NotNull(scope);
        scope.Dispose();
    }

    [Fact]
    public void Log_ProviderWorks_GetsEverything()
    {
        var inner = new FakeLogger();
        var exception = new InvalidOperationException();
        var logger = new GuardedLogger(inner);

        using (logger.BeginScope("scope"))
        {
            logger.Log(
                LogLevel.Warning, new EventId(7, "seven"), "state", exception, static (state, _) => $"the {state}");
        }

        var record = inner.LatestRecord;
        Assert.Equal((LogLevel.Warning, 7, "the state"), (record.Level, record.Id.Id, record.Message));
        Assert.Same(exception, record.Exception);
        Assert.Equal(["scope"], record.Scopes);
        Assert.True(logger.IsEnabled(LogLevel.Trace));
    }

    [Fact]
    public void Sources_OfTheProduct_MakeLoggersInOnePlaceOnly()
    {
        var makers = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Where(file => File.ReadAllText(file) is var text
                && (text.Contains(".CreateLogger", StringComparison.Ordinal)
                    || text.Contains("ILogger<", StringComparison.Ordinal)))
            .Select(Path.GetFileName);

        Assert.Equal(["GuardedLoggerFactoryExtensions.cs"], makers);
    }
}
