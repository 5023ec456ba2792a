using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace QueueAdmission.Configuration;

public sealed class LoadExceptionRelayTests
{
    private readonly JsonConfigurationSource _source = new() { Path = "a.json" };
    private readonly List<string> _told = [];

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 0, 2)]
    public void Dispose_InAnyOrder_LeavesTheOthersAndAtLastWhatWasThereBefore(params int[] order)
    {
        Action<FileLoadExceptionContext> former = context => Tell("former");
        _source.OnLoadException = former;
        var left = new List<int> { 0, 1, 2 };
        var listeners = left.Select(i => LoadExceptionRelay.Listen(_source, _ => Tell($"{i}"))).ToList();

        foreach (var i in order)
        {
            Assert.Equal(["former", .. left.Select(other => $"{other}")], Raise());
            listeners[i].Dispose();
            listeners[i].Dispose();
            left.Remove(i);
        }

        Assert.Same(former, _source.OnLoadException);
    }

    [Fact]
    public void Listen_AgainAfterTheLast_IsToldAgain()
    {
        LoadExceptionRelay.Listen(_source, _ => Tell("first")).Dispose();
        Assert.Null(_source.OnLoadException);

        using var second = LoadExceptionRelay.Listen(_source, _ => Tell("second"));

        Assert.Equal(["second"], Raise());
    }

    [Fact]
    public void Dispose_AnotherDelegateWasChainedBehind_LeavesThatOne()
    {
        _source.OnLoadException = _ => Tell("former");
        var listener = LoadExceptionRelay.Listen(_source, _ => Tell("listener"));
        var ours = _source.OnLoadException;
        Action<FileLoadExceptionContext> chained = context =>
        {
            ours(context);
            Tell("chained");
        };
        _source.OnLoadException = chained;
        Assert.Equal(["former", "listener", "chained"], Raise());

        listener.Dispose();

        Assert.Same(chained, _source.OnLoadException);
        Assert.Equal(["former", "chained"], Raise());
        using var next = LoadExceptionRelay.Listen(_source, _ => Tell("next"));
        Assert.Equal(["former", "chained", "next"], Raise());
    }

    [Fact]
    public void Former_Throws_TheListenersAreToldAllTheSame()
    {
        _source.OnLoadException = _ => throw new InvalidTimeZoneException();
        using var listener = LoadExceptionRelay.Listen(_source, _ => Tell("listener"));

        Assert.Throws<InvalidTimeZoneException>(Raise);

        Assert.Equal(["listener"], _told);
    }

    [Fact]
    public void Source_ThatIsForgotten_IsCollectedWithItsListeners()
    {
        var (source, listener) = ListenAndForget();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(source.IsAlive);
        Assert.False(listener.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Source, WeakReference Listener) ListenAndForget()
    {
        var source = new JsonConfigurationSource();
        var owner = new object();
        _ = LoadExceptionRelay.Listen(source, _ => GC.KeepAlive(owner));
        return (new WeakReference(source), new WeakReference(owner));
    }

    private void Tell(string name) => _told.Add(name);

    private List<string> Raise()
    {
        _told.Clear();
        _source.OnLoadException!(new FileLoadExceptionContext());
        return [.. _told];
    }
}
