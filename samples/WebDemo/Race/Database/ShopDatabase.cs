using Microsoft.Data.Sqlite;

namespace WebDemo;

/// <summary>
/// The database of one shop: a SQLite file behind a small pool. Each call takes a connection from the pool, as with an
/// ORM that opens the connection for each statement.
/// </summary>
/// <remarks>
/// The statements, their transaction and the wait for a connection are real. The time that a statement takes is
/// simulated, because SQLite answers within microseconds and a database on another machine does not.
/// </remarks>
internal sealed class ShopDatabase : IDisposable
{
    private const string Tables =
        """
        CREATE TABLE lamps (id INTEGER PRIMARY KEY, stock INTEGER NOT NULL CHECK (stock >= 0));
        CREATE TABLE customers (id INTEGER PRIMARY KEY, visits INTEGER NOT NULL);
        CREATE TABLE orders (customer INTEGER PRIMARY KEY REFERENCES customers);
        INSERT INTO lamps (id, stock) VALUES (1, 0);
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queueadmission-race-");
    private readonly Lock _lock = new();
    private readonly SqliteConnection _owner;
    private readonly TimeSpan _statementTime;
    private readonly TimeProvider _time;

    public ShopDatabase(RaceDatabaseOptions options, TimeProvider time)
    {
        (_statementTime, _time) = (options.StatementTime, time);
        var file = Path.Combine(_folder.FullName, "shop.db");
        Pool = new ConnectionPool(file, options.Connections, options.Wait, time);
        _owner = ConnectionPool.Open(file);
        RunNow(Tables);
    }

    public ConnectionPool Pool { get; }

    /// <summary>Forgets all orders and customers, and puts lamps on the shelf.</summary>
    public void Reset(int lamps) => RunNow(
        $"BEGIN; DELETE FROM orders; DELETE FROM customers; UPDATE lamps SET stock = {lamps}; COMMIT");

    public Task<bool> HasLampsAsync(CancellationToken left) => UseAsync(
        static (connection, _) => Run(connection, "SELECT stock FROM lamps WHERE id = 1", 0) > 0, 0, left);

    public Task<bool> AddCustomerAsync(int customer, CancellationToken left) => UseAsync(
        static (connection, customer) => Run(
            connection,
            "INSERT INTO customers VALUES ($customer, 1) " +
                "ON CONFLICT DO UPDATE SET visits = visits + 1 RETURNING visits",
            customer) > 0, customer, left);

    public Task<bool> HasOrderAsync(int customer, CancellationToken left) => UseAsync(
        static (connection, customer) => Run(
            connection, "SELECT COUNT(*) FROM orders WHERE customer = $customer", customer) > 0, customer, left);

    /// <summary>Takes a lamp and books the order, both or neither.</summary>
    /// <returns>False if no lamp is left.</returns>
    public Task<bool> SellAsync(int customer, CancellationToken left) => UseAsync(
        static (connection, customer) =>
        {
            // Not deferred: the lock of the writer is taken at once, so the stock that was read cannot be outdated.
            using var transaction = connection.BeginTransaction(deferred: false);
            if (Run(
                connection, "UPDATE lamps SET stock = stock - 1 WHERE id = 1 AND stock > 0 RETURNING 1", 0,
                transaction) == 0)
            {
                return false;
            }
            Run(connection, "INSERT INTO orders VALUES ($customer) RETURNING 1", customer, transaction);
            transaction.Commit();
            return true;
        }, customer, left);

    /// <summary>Returns the stock and the number of orders. Uses a connection outside the pool.</summary>
    public (int Stock, int Orders) Read()
    {
        lock (_lock)
            return ((int)Run(_owner, "SELECT stock FROM lamps", 0), (int)Run(_owner, "SELECT COUNT(*) FROM orders", 0));
    }

    public void Dispose()
    {
        lock (_lock)
            _owner.Dispose();
        Pool.Dispose();
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A statement still runs. The folder is temporary, so it may stay.
        }
    }

    private async Task<bool> UseAsync(
        Func<SqliteConnection, int, bool> statement, int customer, CancellationToken left)
    {
        using var rented = await Pool.RentAsync(left);
        // A statement that has begun is completed, even if the client has left.
        await Task.Delay(_statementTime, _time, CancellationToken.None);
        return statement(rented.Connection, customer);
    }

    private static long Run(
        SqliteConnection connection, string text, int customer, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (text, transaction);
        command.Parameters.AddWithValue("$customer", customer);
        return command.ExecuteScalar() is long value ? value : 0;
    }

    private void RunNow(string statements)
    {
        lock (_lock)
        {
            using var command = _owner.CreateCommand();
            command.CommandText = statements;
            command.ExecuteNonQuery();
        }
    }
}
