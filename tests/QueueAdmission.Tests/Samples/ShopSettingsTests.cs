using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using WebDemo;

namespace QueueAdmission.Samples;

public class ShopSettingsTests
{
    private static readonly ShopSettings Two =
        new(Workers: 2, Partitions: 3, PartitionCapacity: 7, OrderMilliseconds: 250);

    [Fact]
    public async Task Settings_InDevelopment_ActAtOnce()
    {
        using var shop = DemoShop.Open([]);

        using var answer = await PutAsync(shop, Two);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var snapshot = shop.Queue.GetSnapshot();
        Assert.Equal(
            (2, 3, 7),
            (snapshot.Settings.Workers, snapshot.WaitingByPartition.Count, snapshot.Settings.PartitionCapacity));
        Assert.Equal(TimeSpan.FromMilliseconds(250), shop.Services.GetRequiredService<Shop>().OrderTime);
    }

    [Fact]
    public async Task Settings_OutsideOfDevelopment_AreNotFound()
    {
        using var shop = DemoShop.Open([], environment: "Production");

        using var answer = await PutAsync(shop, Two);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(4, shop.Queue.GetSnapshot().Settings.Workers);
    }

    [Theory]
    [InlineData(0, 500, "Workers is 0; allowed: 1 to 100,000.")]
    [InlineData(3, -1, "The order's time is -1 ms; allowed: 0 to 60000 ms.")]
    public async Task Settings_OutOfRange_AreExplainedAndChangeNothing(int workers, int orderMilliseconds, string words)
    {
        using var shop = DemoShop.Open([]);

        using var answer = await PutAsync(shop, Two with { Workers = workers, OrderMilliseconds = orderMilliseconds });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            words,
            (
                await answer.Content.ReadFromJsonAsync<Microsoft.AspNetCore.Mvc.ProblemDetails>(
                    TestContext.Current.CancellationToken))!.Detail);
        Assert.Equal((4, 4), (shop.Queue.GetSnapshot().Settings.Workers, shop.Queue.GetSnapshot().Settings.Partitions));
        Assert.Equal(TimeSpan.FromMilliseconds(500), shop.Services.GetRequiredService<Shop>().OrderTime);
    }

    private static Task<HttpResponseMessage> PutAsync(DemoShop shop, ShopSettings settings) =>
        shop.Client.PutAsJsonAsync("/settings", settings, TestContext.Current.CancellationToken);
}
