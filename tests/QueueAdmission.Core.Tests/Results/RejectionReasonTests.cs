namespace QueueAdmission.Results;

public sealed class RejectionReasonTests
{
    [Fact]
    public void WireName_OfEveryReason_IsItsNameInSnakeCase() =>
        Assert.All(Enum.GetValues<RejectionReason>(), reason =>
            Assert.Equal(
                reason.ToString(),
                string.Concat(
                    reason.ToWireName().Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));

    [Fact]
    public void WireName_OfNoReason_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => default(RejectionReason).ToWireName());
}
