using Microsoft.Extensions.Options;

namespace WebDemo;

/// <summary>Sends the same shoppers to all three shops at the same moments. One race at a time.</summary>
internal sealed class Race(
    IOptions<RaceOptions> options, RaceShops shops, OwnAddress address, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private readonly RaceOptions _options = options.Value;
    private readonly Lock _lock = new();
    private volatile RaceRun _latest = RaceRun.None;

    /// <summary>Returns the race that is running, or the last one.</summary>
    public RaceView Look()
    {
        var run = _latest;
        return new RaceView(run.Number, run.IsRunning, _options.Shoppers, _options.Lamps, run.Seconds(time),
            [.. shops.All.Select((shop, index) => Look(shop, run.Tallies is [] ? null : run.Tallies[index]))]);
    }

    /// <summary>Puts lamps on the shelves and starts a race in the background.</summary>
    /// <returns>False if one is still running.</returns>
    public bool TryStart()
    {
        var server = address.Find();
        lock (_lock)
        {
            if (_latest.IsRunning)
                return false;
            var number = _latest.Number + 1;
            foreach (var shop in shops.All)
                shop.Open(number, _options);
            Crowd[] crowds = [.. shops.All.Select(shop => new Crowd(server, shop, number, _options.AtOnce, time))];
            var run = new RaceRun(number, time.GetTimestamp(), [.. crowds.Select(crowd => crowd.Tally)]);
            _latest = run;
            _ = RunAsync(run, crowds, lifetime.ApplicationStopping);
            return true;
        }
    }

    private async Task RunAsync(RaceRun run, Crowd[] crowds, CancellationToken stopping)
    {
        // Yields, so that the request of the button does not wait for the shoppers.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var visits = new List<Task>(_options.Shoppers * crowds.Length);
        try
        {
            foreach (var visit in Visit.Plan(_options))
            {
                var early = visit.At - time.GetElapsedTime(run.Start);
                if (early > TimeSpan.Zero)
                    await Task.Delay(early, time, stopping);
                // On a busy machine the shoppers arrive later, at all shops alike, and not all at once.
                while (crowds.Any(crowd => crowd.OnTheWay >= _options.OnTheWay))
                    await Task.Delay(TimeSpan.FromMilliseconds(1), time, stopping);
                foreach (var crowd in crowds)
                    visits.Add(crowd.VisitAsync(visit, stopping));
            }
            await Task.WhenAll(visits);
            await BecomeQuietAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The shops close, and the race ends with them.
        }
        finally
        {
            await Task.WhenAll(visits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            run.End(time.GetTimestamp());
            foreach (var crowd in crowds)
                crowd.Dispose();
        }
    }

    /// <summary>
    /// Waits for the handlers of shoppers that have left. An order of one race must not take a lamp of the next race.
    /// </summary>
    private async Task BecomeQuietAsync(CancellationToken stopping)
    {
        foreach (var shop in shops.All)
            shop.Close();
        while (shops.All.Any(shop => shop.Working > 0))
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, stopping);
    }

    private RaceShopView Look(RaceShop shop, RaceTally? tally)
    {
        var pool = shop.Database.Pool;
        var (stock, orders) = shop.Database.Read();
        return new RaceShopView(
            shop.Name, (tally ?? new RaceTally()).Look(),
            new DatabaseView(pool.Size, pool.Busy, pool.Waiting, pool.MostWaiting, stock, orders),
            shops.LookAtLine(shop, tally?.Inside ?? 0));
    }
}
