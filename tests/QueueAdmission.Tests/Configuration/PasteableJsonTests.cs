namespace QueueAdmission.Configuration;

public sealed class PasteableJsonTests
{
    [Theory]
    [InlineData("QueuedAdmission", """ "QueuedAdmission": { "Queues": { "checkout": { "Workers": 16 } } } """)]
    [InlineData(
        "Shop:Web:Limits", """ "Shop": { "Web": { "Limits": { "Queues": { "checkout": { "Workers": 16 } } } } } """)]
    public void ForQueue_Section_NestsEveryPartOfItsPath(string section, string expected) =>
        Assert.Equal(expected.Trim(), PasteableJson.ForQueue(section, "checkout"));
}
