namespace QueueAdmission;

/// <summary>Writes JSON that adds a queue when it is pasted into appsettings.json.</summary>
internal static class PasteableJson
{
    public static string ForQueue(string section, string queueName)
    {
        var json = $$"""{ "Queues": { "{{queueName}}": { "Workers": 16 } } }""";
        var keys = section.Split(':');
        foreach (var key in keys.Skip(1).Reverse())
            json = $$"""{ "{{key}}": {{json}} }""";
        return $"\"{keys[0]}\": {json}";
    }
}
