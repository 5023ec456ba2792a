namespace WebDemo;

/// <summary>
/// One of the three shops. All have the same handler and a separate database. They differ in what is in front of the
/// handler.
/// </summary>
internal sealed class RaceShop(string name, ShopDatabase database)
{
    private RaceDoor _door = new(0, 0);
    private int _working;
    private volatile bool _isSoldOut;

    public string Name => name;

    public ShopDatabase Database => database;

    /// <summary>The address to which shoppers send their orders.</summary>
    public string Path => $"/race/{name}/orders";

    /// <summary>The number of requests in the handler.</summary>
    public int Working => Volatile.Read(ref _working);

    /// <summary>Whether the door answers "sold out". Set when the handler finds no lamp.</summary>
    public bool IsSoldOut => _isSoldOut;

    /// <summary>The door of the current race.</summary>
    public RaceDoor Door => Volatile.Read(ref _door);

    /// <summary>Puts lamps on the shelf for a new race, and opens the door.</summary>
    public void Open(int race, RaceOptions options)
    {
        database.Reset(options.Lamps);
        database.Pool.ResetMostWaiting();
        _isSoldOut = false;
        Volatile.Write(ref _door, new RaceDoor(race, options.Shoppers));
    }

    /// <summary>Ends the race: later orders are not taken.</summary>
    public void Close() => Volatile.Write(ref _door, new RaceDoor(0, 0));

    /// <summary>Sells a lamp in four statements. The handler is the same in all three shops.</summary>
    /// <param name="race">The race in which the customer came. An order of another race is not taken.</param>
    /// <param name="customer">The customer's number.</param>
    /// <param name="left">Cancelled when the customer has left.</param>
    public async Task<IResult> BuyAsync(int race, int customer, CancellationToken left)
    {
        Interlocked.Increment(ref _working);
        try
        {
            if (!Door.IsOpen(race, customer))
                return Results.StatusCode(StatusCodes.Status410Gone);
            if (!await database.HasLampsAsync(left))
                return SayNoneLeft();
            await database.AddCustomerAsync(customer, left);
            if (await database.HasOrderAsync(customer, left))
                return Results.Text(Shop.GotOne);
            return await database.SellAsync(customer, left) ? Results.Text(Shop.GotOne) : SayNoneLeft();
        }
        catch (PoolExhaustedException exception)
        {
            // In a real service the exception becomes a 500 as well, and each exception also logs a stack trace.
            return Results.Problem(exception.Message, statusCode: StatusCodes.Status500InternalServerError);
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        finally
        {
            Interlocked.Decrement(ref _working);
        }
    }

    private IResult SayNoneLeft()
    {
        _isSoldOut = true;
        return Results.Text(Shop.NoneLeft);
    }
}
