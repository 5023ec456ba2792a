using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using WebDemo;

namespace QueueAdmission.Samples;

public class LiveFeedTests
{
    [Fact]
    public async Task Live_NewViewer_GetsThePictureAtOnce()
    {
        using var shop = DemoShop.Open([], new FakeTimeProvider());
        using var page = await OpenPageAsync(shop);

        Assert.Equal(20, StockIn(await page.ReadLineAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Live_SomethingChanged_ShowsItWithTheNextTick()
    {
        var time = new FakeTimeProvider();
        using var shop = DemoShop.Open([], time);
        using var page = await OpenPageAsync(shop);
        await page.ReadLineAsync(TestContext.Current.CancellationToken);
        await page.ReadLineAsync(TestContext.Current.CancellationToken);
        shop.Services.GetRequiredService<Shop>().Restock();

        time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(40, StockIn(await page.ReadLineAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Live_ServerStops_EndsForEveryViewer()
    {
        using var shop = DemoShop.Open([], new FakeTimeProvider());
        using var page = await OpenPageAsync(shop);

        shop.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.StartsWith(
            "data: ", await page.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<StreamReader> OpenPageAsync(DemoShop shop) =>
        new(await shop.Client.GetStreamAsync("/live", TestContext.Current.CancellationToken));

    private static int StockIn(string? line)
    {
        Assert.StartsWith("data: ", line, StringComparison.Ordinal);
        return JsonDocument.Parse(line!["data: ".Length..]).RootElement.GetProperty("books").GetProperty("stock")
            .GetInt32();
    }
}
