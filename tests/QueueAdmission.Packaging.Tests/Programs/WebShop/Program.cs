var builder = WebApplication.CreateBuilder(args);
builder.Services.AddQueuedAdmission();

var app = builder.Build();
app.UseQueuedAdmission();

var orderMayEnd = new TaskCompletionSource();
app.MapGet("/", () => "open");
app.MapGet("/orders", async () =>
{
    await orderMayEnd.Task;
    return "ordered";
}).WithQueue("checkout");
app.MapGet("/finish", () => orderMayEnd.TrySetResult() ? "finished" : "finished before");
app.MapQueueDashboard("/queues").AllowAnonymous();

app.Run();
