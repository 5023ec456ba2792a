using System.Globalization;

namespace QueueAdmission;

internal sealed class EnglishTexts : RejectionTexts
{
    public override string Language => "en";

    public override string UnnamedStatus => "Rejected";

    public override string PageTitle => "Just a moment";

    public override string TimeOf(int seconds) => seconds switch
    {
        1 => "1 second",
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(seconds + 30) / 60} minutes"),
    };

    public override string CauseOf(RejectionReason reason) => reason switch
    {
        RejectionReason.QueueFull => "There are more requests than can be handled, and the queue is full.",
        RejectionReason.WaitTimeout => "The request waited in the queue, but its turn did not come in time.",
        RejectionReason.Draining => "No new requests are accepted at the moment.",
        RejectionReason.PartitionFull => "You have sent more requests than can be handled for one caller at a time.",
        RejectionReason.KeyLimit =>
            "You have reached the number of requests that are handled for one caller at a time.",
        RejectionReason.Shed => "There are more requests than can be handled in time, so this one was dropped.",
        RejectionReason.DeadlineTooClose => "The request could not have been handled before its deadline.",
        RejectionReason.Displaced => "The queue was full, and another request took the place of this one.",
        RejectionReason.ExpectedWaitTooLong =>
            "The request would have waited longer than most callers of this queue do, so it was not made to wait.",
        RejectionReason.DeferredFull =>
            "The service has reached the number of requests that it stores to carry out later.",
        RejectionReason.AcceptingFull => "There are more requests than can be accepted at a time.",
        RejectionReason.DeferredUnavailable => "The request could not be stored safely, so it was not accepted.",
        _ => "The request was not accepted.",
    };

    public override string DetailOf(string cause, string time) => $"{cause} Try again in {time}.";

    public override string PageCauseOf(RejectionReason reason) => reason switch
    {
        RejectionReason.Draining => "This service accepts no new visitors at the moment.",
        _ when CallerLimit.IsReason(reason) =>
            "You, or another visitor on your network, have sent more at once than one visitor may.",
        _ => "More people are here right now than we can serve at once.",
    };

    public override string PageReloads(string time) =>
        $"This page tries again automatically in about <b>{time}</b>. You don’t have to do anything.";

    public override string PageSendAgain(string time) =>
        $"What you sent was <b>not carried out</b>. Please go back and send it again in about <b>{time}</b>.";
}
