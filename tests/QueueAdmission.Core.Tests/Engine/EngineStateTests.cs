namespace QueueAdmission.Engine;

public sealed class EngineStateTests
{
    [Fact]
    public void Drain_EndsAPause_AndResumeEndsBoth()
    {
        Assert.Equal(EngineState.Draining, EngineState.Paused.Drained());
        Assert.Equal(EngineState.Draining | EngineState.Paused, EngineState.Draining.Paused());
        Assert.Equal(EngineState.Running, (EngineState.Draining | EngineState.Paused).Resumed());
    }

    [Fact]
    public void Resume_LeavesAStopAndADispose()
    {
        Assert.Equal(EngineState.Stopping, EngineState.Paused.Stopped().Resumed());
        Assert.Equal(EngineState.Disposed, EngineState.Draining.Closed().Resumed());
    }

    [Theory]
    [InlineData((int)EngineState.Running, JobQueueState.Running, true, true)]
    [InlineData((int)EngineState.Paused, JobQueueState.Paused, true, true)]
    [InlineData((int)EngineState.Draining, JobQueueState.Draining, false, false)]
    [InlineData((int)(EngineState.Draining | EngineState.Paused), JobQueueState.Draining, false, false)]
    [InlineData((int)EngineState.Stopping, JobQueueState.Draining, true, false)]
    [InlineData((int)(EngineState.Stopping | EngineState.Paused), JobQueueState.Draining, true, false)]
    [InlineData((int)(EngineState.Disposed | EngineState.Paused), JobQueueState.Disposed, false, false)]
    public void State_Shown_AcceptsNewcomersAndCanBePaused(
        int state, JobQueueState shown, bool acceptsNewcomers, bool canBePaused)
    {
        var engineState = (EngineState)state;

        Assert.Equal(
            (shown, acceptsNewcomers, canBePaused),
            (engineState.ToPublic(), engineState.AcceptsNewcomers(), engineState.CanBePaused()));
    }
}
