using Microsoft.Extensions.Options;

namespace QueueAdmission.Redis;

/// <summary>Checks the settings at startup, and reports all that can never work.</summary>
internal static class RedisSettingsCheck
{
    public static RedisConnectionString Run(string? connectionString, RedisLeaseStoreOptions options)
    {
        var settings = RedisConnectionStringParser.Parse(connectionString, out var errors);
        List<string> failures = [.. errors.Select(error => $"UseRedis, connection string: {error}.")];
        if (options.CallTimeout < TimeSpan.FromMilliseconds(50) || options.CallTimeout > TimeSpan.FromSeconds(10))
        {
            failures.Add($"UseRedis, CallTimeout: it is {options.CallTimeout}; allowed is 00:00:00.050 to 00:00:10.");
        }
        if (options.ConfirmingReplicas is < 0 or > 100)
        {
            failures.Add($"UseRedis, ConfirmingReplicas: it is {options.ConfirmingReplicas}; allowed is 0 to 100.");
        }
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(
                nameof(RedisLeaseStoreOptions), typeof(RedisLeaseStoreOptions), failures);
        }
        return settings!;
    }
}
