using System.Globalization;

namespace QueueAdmission;

internal sealed class ChineseTexts : RejectionTexts
{
    public override string Language => "zh-CN";

    public override string UnnamedStatus => "请求被拒绝";

    public override string PageTitle => "请稍等片刻";

    public override string TimeOf(int seconds) => seconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds} 秒")
        : string.Create(CultureInfo.InvariantCulture, $"{(seconds + 30) / 60} 分钟");

    public override string CauseOf(RejectionReason reason) => reason switch
    {
        RejectionReason.QueueFull => "请求数量超出处理能力，队列已满。",
        RejectionReason.WaitTimeout => "请求已在队列中等待，但未能及时轮到。",
        RejectionReason.Draining => "目前不接受新的请求。",
        RejectionReason.PartitionFull => "您发送的请求超出了单个调用方可同时排队的数量。",
        RejectionReason.KeyLimit => "您正在处理的请求已达到单个调用方的上限。",
        RejectionReason.Shed => "请求过多，无法全部及时处理，因此放弃了此请求。",
        RejectionReason.DeadlineTooClose => "此请求无法在其截止时间之前得到处理。",
        RejectionReason.Displaced => "队列已满，另一个请求取代了此请求的位置。",
        RejectionReason.ExpectedWaitTooLong => "此请求的等待时间会超过大多数调用方愿意等待的时间，因此没有让它等待。",
        RejectionReason.DeferredFull => "等待稍后执行的请求已达到服务可保存的上限。",
        RejectionReason.AcceptingFull => "同时到达的请求超出了可接收的数量。",
        RejectionReason.DeferredUnavailable => "无法可靠地保存此请求，因此未予接收。",
        _ => "请求未被接受。",
    };

    public override string DetailOf(string cause, string time) => $"{cause}请在 {time}后重试。";

    public override string PageCauseOf(RejectionReason reason) => reason switch
    {
        RejectionReason.Draining => "本服务目前暂不接待新的访客。",
        _ when CallerLimit.IsReason(reason) => "您或与您使用同一网络的访客同时发送的请求过多，超出了单个访客的限额。",
        _ => "当前访问人数较多，暂时无法同时为所有人服务。",
    };

    public override string PageReloads(string time) => $"本页面将在大约 <b>{time}</b>后自动重试，您无需进行任何操作。";

    public override string PageSendAgain(string time) =>
        $"您提交的内容<b>尚未处理</b>。请返回上一页，在大约 <b>{time}</b>后重新提交。";
}
