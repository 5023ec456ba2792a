namespace WebDemo;

/// <summary>The section <c>Race</c> of appsettings.json.</summary>
internal sealed class RaceOptions
{
    /// <summary>The number of shoppers that come to each shop.</summary>
    public int Shoppers { get; set; } = 10_000;

    /// <summary>The time within which all shoppers arrive.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>The seed of the random arrival times and of the random patience.</summary>
    public int Seed { get; set; } = 20;

    /// <summary>The shortest time after which a shopper without an answer leaves.</summary>
    public TimeSpan MinPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time after which a shopper without an answer leaves.</summary>
    public TimeSpan MaxPatience { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The maximum number of shoppers that are in one shop at once. The others arrive later.</summary>
    public int AtOnce { get; set; } = 1_500;

    /// <summary>
    /// The maximum number of shoppers that are on the way to one shop at once. The others set out after the server has
    /// read the requests of these shoppers.
    /// </summary>
    public int OnTheWay { get; set; } = 40;

    /// <summary>Lamps on the shelf of each shop when a race starts.</summary>
    public int Lamps { get; set; } = 400;

    /// <summary>The database. Each shop has a separate one.</summary>
    public RaceDatabaseOptions Database { get; set; } = new();

    /// <summary>The limiter of the shop with <c>UseRateLimiter</c>.</summary>
    public RaceLimiterOptions RateLimiter { get; set; } = new();

    /// <summary>Whether a race can be run with these values.</summary>
    public bool IsValid =>
        Shoppers > 0 && Within >= TimeSpan.Zero && AtOnce > 0 && OnTheWay > 0 && Lamps >= 0
        && MinPatience > TimeSpan.Zero && MaxPatience >= MinPatience
        && Database is { Connections: > 0 } && Database.Wait > TimeSpan.Zero && Database.StatementTime >= TimeSpan.Zero
        && RateLimiter is { PermitLimit: > 0, QueueLimit: >= 0 };
}

/// <summary>The section <c>Race:Database</c> of appsettings.json.</summary>
internal sealed class RaceDatabaseOptions
{
    /// <summary>The number of connections of the pool.</summary>
    public int Connections { get; set; } = 10;

    /// <summary>How long a statement waits for a connection before it fails.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a statement holds its connection.</summary>
    public TimeSpan StatementTime { get; set; } = TimeSpan.FromMilliseconds(25);
}

/// <summary>The section <c>Race:RateLimiter</c> of appsettings.json.</summary>
internal sealed class RaceLimiterOptions
{
    /// <summary>The maximum number of orders that run at once.</summary>
    public int PermitLimit { get; set; } = 10;

    /// <summary>The maximum number of shoppers that wait for a permit.</summary>
    public int QueueLimit { get; set; } = 400;
}
