using System.Data;
using System.Data.Common;

namespace ClusterDemo;

/// <summary>The stock in SQLite, MySQL or PostgreSQL. The statements are the same for all.</summary>
/// <remarks>
/// <para>Every change begins with an update of the single row of <c>lamp_shop</c>. The row stays locked until the
/// commit. The changes therefore run one after the other, and their counts are exact.</para>
/// <para>The sale itself needs no such order: <see cref="TakeOne"/> is one statement that takes a lamp only if one is
/// left. However many jobs run it, on however many nodes, no lamp is sold twice.</para>
/// </remarks>
internal sealed class SqlStock(DbDataSource source, Func<DbException, DemoException> explain) : IStock
{
    private const string TakeOne =
        "UPDATE lamp_shop SET stock = stock - 1, sold = sold + 1, changes = changes + 1 WHERE id = 1 AND stock > 0";

    private const string Lock = "UPDATE lamp_shop SET changes = changes + 0 WHERE id = 1";

    private const string View =
        "SELECT stock, sold, (SELECT COUNT(*) FROM lamp_jobs), max_running, changes FROM lamp_shop WHERE id = 1";

    private static readonly string[] Tables =
    [
        "CREATE TABLE IF NOT EXISTS lamp_shop (id INTEGER PRIMARY KEY, stock BIGINT NOT NULL, sold BIGINT NOT NULL, " +
            "max_running BIGINT NOT NULL, changes BIGINT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS lamp_jobs (job VARCHAR(40) PRIMARY KEY, node INTEGER NOT NULL, " +
            "generation VARCHAR(40) NOT NULL)",
        "CREATE TABLE IF NOT EXISTS lamp_sales (order_id VARCHAR(40) PRIMARY KEY)",
    ];

    // In the store, the changes run one after the other. Those of this process wait here, so that a waiting change
    // needs neither a connection nor, with SQLite, a thread.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task OpenAsync(int lamps)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            foreach (var table in Tables)
                await ExecuteAsync(connection, null, table);
            await ChangeAsync(async (connection, transaction) =>
            {
                foreach (var table in (string[])["lamp_shop", "lamp_jobs", "lamp_sales"])
                    await ExecuteAsync(connection, transaction, $"DELETE FROM {table}");
                await ExecuteAsync(
                    connection, transaction,
                    "INSERT INTO lamp_shop (id, stock, sold, max_running, changes) VALUES (1, @lamps, 0, 0, 0)",
                    ("@lamps", lamps));
                return 0;
            });
        }
        catch (DbException exception)
        {
            throw explain(exception);
        }
    }

    public Task<StockView> BeginAsync(StockJob job) => ChangeAsync(async (connection, transaction) =>
    {
        await ExecuteAsync(
            connection, transaction,
            "INSERT INTO lamp_jobs (job, node, generation) VALUES (@job, @node, @generation)",
            ("@job", job.Id), ("@node", job.Node), ("@generation", job.Generation));
        var view = await ReadAsync(connection, transaction);
        if (view.Running <= view.MaxRunning)
            return view;
        await ExecuteAsync(
            connection, transaction,
            "UPDATE lamp_shop SET max_running = @running WHERE id = 1", ("@running", view.Running));
        return view with { MaxRunning = view.Running };
    });

    public Task<Sale> EndAsync(StockJob job, string? order) => ChangeAsync(async (connection, transaction) =>
    {
        var counted = await ExecuteAsync(
            connection, transaction, "DELETE FROM lamp_jobs WHERE job = @job", ("@job", job.Id)) == 1;
        var isSold = order is not null
            && (await IsSoldAsync(connection, transaction, order)
                || (counted && await SellAsync(connection, transaction, order)));
        return new Sale(isSold, await ReadAsync(connection, transaction));
    });

    public Task<bool> IsSoldAsync(string order) => RunLockedAsync(
        (connection, transaction) => IsSoldAsync(connection, transaction, order), commits: false);

    public Task ClearAsync(int node, string? generation) => ChangeAsync((connection, transaction) => ExecuteAsync(
        connection, transaction,
        "DELETE FROM lamp_jobs WHERE node = @node AND generation <> @generation",
        ("@node", node), ("@generation", generation ?? "")));

    public Task<StockView> AddAsync(int lamps) => ChangeAsync(async (connection, transaction) =>
    {
        await ExecuteAsync(
            connection, transaction,
            "UPDATE lamp_shop SET stock = stock + @lamps, changes = changes + 1 WHERE id = 1", ("@lamps", lamps));
        return await ReadAsync(connection, transaction);
    });

    public async Task<StockView> ReadAsync()
    {
        await using var connection = await source.OpenConnectionAsync();
        return await ReadAsync(connection, null);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static async Task<bool> SellAsync(DbConnection connection, DbTransaction transaction, string order)
    {
        if (await ExecuteAsync(connection, transaction, TakeOne) == 0)
            return false;
        await ExecuteAsync(
            connection, transaction, "INSERT INTO lamp_sales (order_id) VALUES (@order)", ("@order", order));
        return true;
    }

    private static async Task<bool> IsSoldAsync(DbConnection connection, DbTransaction transaction, string order)
    {
        await using var command = Command(
            connection, transaction, "SELECT COUNT(*) FROM lamp_sales WHERE order_id = @order", [("@order", order)]);
        return Convert.ToInt64(await command.ExecuteScalarAsync()) > 0;
    }

    private static async Task<StockView> ReadAsync(DbConnection connection, DbTransaction? transaction)
    {
        await using var command = Command(connection, transaction, View, []);
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            throw new InvalidOperationException("The shop is not open.");
        long Column(int index) => Convert.ToInt64(reader.GetValue(index));
        return new StockView(Column(0), Column(1), Column(2), Column(3), Column(4));
    }

    private static async Task<int> ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string text, params (string Name, object Value)[] values)
    {
        await using var command = Command(connection, transaction, text, values);
        return await command.ExecuteNonQueryAsync();
    }

    private static DbCommand Command(
        DbConnection connection, DbTransaction? transaction, string text, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private Task<T> ChangeAsync<T>(Func<DbConnection, DbTransaction, Task<T>> change) =>
        RunLockedAsync(change, commits: true);

    private async Task<T> RunLockedAsync<T>(Func<DbConnection, DbTransaction, Task<T>> step, bool commits)
    {
        await _turn.WaitAsync();
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            // Read committed: a statement after the lock sees everything that was committed before the lock was taken.
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
            await ExecuteAsync(connection, transaction, Lock);
            var result = await step(connection, transaction);
            if (commits)
                await transaction.CommitAsync();
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }
}
