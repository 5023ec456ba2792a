using Microsoft.Extensions.Options;
using QueueAdmission;

namespace WebDemo;

/// <summary>The settings that the page can change while the shop is open.</summary>
internal sealed record ShopSettings(int Workers, int Partitions, int PartitionCapacity, int OrderMilliseconds)
{
    public const int MaxOrderMilliseconds = 60_000;

    /// <summary>Puts the settings in force, all of them or none.</summary>
    /// <returns>204, or 400 with a text that says what is wrong.</returns>
    public IResult Apply(Shop shop, JobQueue queue)
    {
        if (OrderMilliseconds is < 0 or > MaxOrderMilliseconds)
            return Results.Problem(
                $"The order's time is {OrderMilliseconds} ms; allowed: 0 to {MaxOrderMilliseconds} ms.",
                statusCode: StatusCodes.Status400BadRequest);
        try
        {
            queue.Update(options =>
            {
                options.Workers = Workers;
                options.Partitions = Partitions;
                options.PartitionCapacity = PartitionCapacity;
            });
        }
        catch (OptionsValidationException exception)
        {
            return Results.Problem(string.Join(' ', exception.Failures), statusCode: StatusCodes.Status400BadRequest);
        }
        shop.OrderTime = TimeSpan.FromMilliseconds(OrderMilliseconds);
        return Results.NoContent();
    }
}
