using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Recognises a request that passes the pipeline again, to show an error page.</summary>
internal static class SecondPass
{
    public static bool IsUnderWay(HttpContext context) =>
        context.Features.Find<IExceptionHandlerFeature>() is not null
        || context.Features.Find<IStatusCodeReExecuteFeature>() is not null;
}
