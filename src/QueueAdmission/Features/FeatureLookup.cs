using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Reads and sets features of a request through the indexer of the collection.</summary>
/// <remarks>
/// <c>IFeatureCollection.Get&lt;T&gt;</c> and <c>Set&lt;T&gt;</c> do the same, but they are generic interface methods.
/// The runtime looks up the code of such a method at every call, which takes 8 ns. An admitted request would make five
/// such calls.
/// </remarks>
internal static class FeatureLookup
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T? Find<T>(this IFeatureCollection features)
        where T : class => features[typeof(T)] as T;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(this IFeatureCollection features, T feature)
        where T : class => features[typeof(T)] = feature;

    /// <summary>Returns <see cref="HttpContext.RequestAborted"/>, read from its feature if there is one.</summary>
    public static CancellationToken FindRequestAborted(this HttpContext context) =>
        context.Features.Find<IHttpRequestLifetimeFeature>() is { } lifetime
            ? lifetime.RequestAborted
            : context.RequestAborted;
}
