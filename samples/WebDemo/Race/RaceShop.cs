namespace WebDemo;

/// <summary>
/// One of the three shops. All have the same handler and a database of their own, and differ in what stands before the
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

    /// <summary>The requests in the handler.</summary>
    public int Working => Volatile.Read(ref _working);

    /// <summary>Whether the sign at the door says so. It is put up when the handler finds the shelf empty.</summary>
    public bool IsSoldOut => _isSoldOut;

    /// <summary>Through which the customers of the race come.</summary>
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
    /// <param name="left">The customer has left.</param>
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
            // It leaves the handler as a 500 in a real service as well, and there each one writes a stack trace.
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
