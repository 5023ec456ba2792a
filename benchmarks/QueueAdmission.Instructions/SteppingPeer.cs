using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Benchmarks;

namespace QueueAdmission.Instructions;

/// <summary><c>UseQueuedAdmission</c> with a <see cref="SteppingClock"/>.</summary>
internal sealed class SteppingPeer(Limits limits) : QueueAdmissionPeer(limits)
{
    public override void Configure(WebApplicationBuilder builder)
    {
        base.Configure(builder);
        builder.Services.AddSingleton<TimeProvider>(new SteppingClock());
    }
}
