using System.Text;
using System.Text.Json;

namespace QueueAdmission.Dashboard;

public class LiveFrameTests
{
    [Fact]
    public void Message_ForANewcomer_HasAllQueuesAndNames()
    {
        var frame = LiveFrame.Draw(Report(("a", 0), ("b", 0)), 1, null);

        var (queues, names) = Read(frame, 0);
        Assert.Equal(["a", "b"], queues);
        Assert.Equal(["a", "b"], names!);
        Assert.True(frame.HasChanged);
    }

    [Fact]
    public void Message_ForAViewerOfTheFrameBefore_HasOnlyWhatChanged()
    {
        var first = LiveFrame.Draw(Report(("a", 0), ("b", 0)), 1, null);
        var second = LiveFrame.Draw(Report(("a", 0), ("b", 7)), 2, first);

        Assert.Equal(["b"], Read(second, 1).Queues);
        Assert.Null(Read(second, 1).Names);
    }

    [Fact]
    public void Message_ForASlowViewer_HasTheChangesOfAllFramesThatItMissed()
    {
        var frame = LiveFrame.Draw(Report(("a", 0), ("b", 0), ("c", 0)), 1, null);
        frame = LiveFrame.Draw(Report(("a", 5), ("b", 0), ("c", 0)), 2, frame);
        frame = LiveFrame.Draw(Report(("a", 5), ("b", 6), ("c", 0)), 3, frame);

        Assert.Equal(["a", "b"], Read(frame, 1).Queues);
        Assert.Equal(["b"], Read(frame, 2).Queues);
    }

    [Fact]
    public void Frame_NothingChanged_SaysSo()
    {
        var first = LiveFrame.Draw(Report(("a", 0)), 1, null);
        var second = LiveFrame.Draw(Report(("a", 0)), 2, first);

        Assert.False(second.HasChanged);
        Assert.Empty(Read(second, 1).Queues);
    }

    [Fact]
    public void Message_QueueRemoved_HasTheNamesThatAreLeft()
    {
        var first = LiveFrame.Draw(Report(("a", 0), ("b", 0), ("c", 0)), 1, null);
        var second = LiveFrame.Draw(Report(("a", 0), ("c", 0)), 2, first);

        var (queues, names) = Read(second, 1);

        Assert.Equal(["a", "c"], names!);
        Assert.DoesNotContain("a", queues);
        Assert.True(second.HasChanged);
    }

    [Fact]
    public void Message_ForTheSameVersion_IsMadeOnce()
    {
        var first = LiveFrame.Draw(Report(("a", 0)), 1, null);
        var second = LiveFrame.Draw(Report(("a", 1)), 2, first);

        Assert.Same(second.MessageSince(0), second.MessageSince(0));
        Assert.Same(second.MessageSince(1), second.MessageSince(1));
        Assert.NotSame(second.MessageSince(0), second.MessageSince(1));
    }

    /// <summary>
    /// Whichever frames a viewer misses, applying its messages in order produces the state of the last frame.
    /// </summary>
    [Fact]
    public void Messages_AppliedInOrder_LeadToTheState()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var state = new List<(string, int)> { ("a", 0), ("b", 0), ("c", 0) };
            LiveFrame? frame = null;
            var (known, shown, names) = (0L, new Dictionary<string, int>(), new List<string>());
            for (var version = 1; version <= 20; version++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        state.Add(($"queue-{version}", 0));
                        break;
                    case 1 when state.Count > 1:
                        state.RemoveAt(random.Next(state.Count));
                        break;
                    case 2:
                        var changed = random.Next(state.Count);
                        state[changed] = (state[changed].Item1, version);
                        break;
                }
                frame = LiveFrame.Draw(Report([.. state]), version, frame);
                if (random.Next(3) > 0)
                    continue;
                var message = JsonDocument.Parse(frame.MessageSince(known)).RootElement;
                known = frame.Version;
                foreach (var queue in message.GetProperty("queues").EnumerateArray())
                    shown[queue.GetProperty("name").GetString()!] = queue.GetProperty("running").GetInt32();
                if (message.TryGetProperty("names", out var all))
                    names = [.. all.EnumerateArray().Select(name => name.GetString()!)];
                Assert.Equal(state, names.Select(name => (name, shown[name])));
            }
        }
    }

    private static (string[] Queues, string[]? Names) Read(LiveFrame frame, long known)
    {
        var message = JsonDocument.Parse(Encoding.UTF8.GetString(frame.MessageSince(known))).RootElement;
        return (
            [.. message.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)],
            message.TryGetProperty("names", out var names)
                ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
                : null);
    }

    private static LiveReport Report(params (string Name, int Running)[] queues) => new()
    {
        LastReload = null,
        Defaults = [],
        Queues = [.. queues.Select(queue => new QueueStatus
        {
            Name = queue.Name,
            State = "running",
            Workers = 1,
            WorkerCaps = [],
            Running = queue.Running,
            WorkersInUse = 0,
            Waiting = 0,
            Places = 0,
            PartitionCapacity = 0,
            WaitingByPartition = [],
            LongestWaitSeconds = 0,
            MaxWaitSeconds = null,
            Patience = new PatienceReport
            {
                State = "off",
                LearnedSeconds = null,
                MaxExpectedWaitSeconds = null,
                Wasted = 0,
            },
            Totals = new TotalsReport
            {
                Arrived = 0,
                Ran = 0,
                Rejected = 0,
                RejectedByReason = new Dictionary<string, long>(),
                WouldHaveWaited = 0,
                WouldHaveRejectedByReason = new Dictionary<string, long>(),
                Abandoned = 0,
            },
            WaitingFor = [],
            RunningFor = [],
            RunningUnlisted = 0,
            Settings = [],
            Overrides = [],
        })],
    };
}
