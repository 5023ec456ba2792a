using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace QueueAdmission.Cluster;

/// <summary>Reads and checks the section <c>QueuedAdmission:Cluster</c>.</summary>
internal sealed class ClusterOptionsReader(IConfiguration? configuration = null)
    : IConfigureOptions<ClusterOptions>, IValidateOptions<ClusterOptions>
{
    private static readonly TimeSpan MinDuration = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(1);

    public void Configure(ClusterOptions options)
    {
        if (configuration?.GetSection(ClusterOptions.Section) is not { } section)
            return;
        if (section[nameof(ClusterOptions.Name)] is { Length: > 0 } name)
            options.Name = name;
        // A text that is not a duration becomes a value out of range, so that Validate reports it.
        if (section[nameof(ClusterOptions.LeaseDuration)] is { Length: > 0 } duration)
            options.LeaseDuration = duration.Contains(':')
                && TimeSpan.TryParse(duration, CultureInfo.InvariantCulture, out var read) ? read : TimeSpan.Zero;
    }

    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        var errors = new List<string>();
        var section = configuration?.GetSection(ClusterOptions.Section);
        foreach (var child in section?.GetChildren() ?? [])
        {
            if (!child.Key.Equals(nameof(ClusterOptions.Name), StringComparison.OrdinalIgnoreCase)
                && !child.Key.Equals(nameof(ClusterOptions.LeaseDuration), StringComparison.OrdinalIgnoreCase))
                errors.Add(
                    $"{child.Path}: there is no such key; allowed: {nameof(ClusterOptions.Name)}, "
                    + $"{nameof(ClusterOptions.LeaseDuration)}.");
        }
        if (options.Name is { } cluster && (cluster.Length is 0 or > 200 || cluster.Any(char.IsControl)))
            errors.Add(
                $"{ClusterOptions.Section}:{nameof(ClusterOptions.Name)} is '{cluster}'; "
                + "allowed: 1 to 200 characters, without control characters.");
        if (options.LeaseDuration < MinDuration || options.LeaseDuration > MaxDuration)
        {
            var shown = section?[nameof(ClusterOptions.LeaseDuration)] ?? options.LeaseDuration.ToString();
            errors.Add(
                $"{ClusterOptions.Section}:{nameof(ClusterOptions.LeaseDuration)} is '{shown}'; "
                + "allowed: hh:mm:ss, 00:00:01 to 00:01:00.");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
