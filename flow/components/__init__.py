"""The palette: every component a flow can use, in the editor's order.

Adding one takes three files: the component, its line here, its JSON cases in
`tests/flow/components/cases/`. Names of later milestones stand in `NOT_YET_BUILT`, so that
`check` can say so instead of calling them unknown.
"""

from flow.component import Component
from flow.components.ask import Ask
from flow.components.assign_agents import AssignAgents
from flow.components.assign_and_dial import AssignAndDial
from flow.components.auto_answer import AutoAnswer
from flow.components.calendar_rules import CalendarRules
from flow.components.call_recording import CallRecording
from flow.components.close_conversation import CloseConversation
from flow.components.collect_digits import CollectDigits
from flow.components.collect_speech import CollectSpeech
from flow.components.condition import Condition
from flow.components.connect_agent import ConnectAgent
from flow.components.direct_callback import DirectCallback
from flow.components.end import End
from flow.components.estimated_wait import EstimatedWait
from flow.components.forward_call import ForwardCall
from flow.components.hang_up import HangUp
from flow.components.http_request import HttpRequest
from flow.components.lookup_contact import LookupContact
from flow.components.make_call import MakeCall
from flow.components.menu import Menu
from flow.components.play import Play
from flow.components.record_message import RecordMessage
from flow.components.report import Report
from flow.components.request_callback import RequestCallback
from flow.components.return_ import Return
from flow.components.run_function import RunFunction
from flow.components.run_module import RunModule
from flow.components.send_digits import SendDigits
from flow.components.send_email import SendEmail
from flow.components.send_message import SendMessage
from flow.components.send_sms import SendSms
from flow.components.set_variables import SetVariables
from flow.components.split import Split
from flow.components.survey import Survey
from flow.components.time_rules import TimeRules
from flow.components.update_contact import UpdateContact
from flow.components.wait import Wait
from flow.components.whisper import Whisper

_INDEX: tuple[type[Component], ...] = (
    Condition,
    TimeRules,
    CalendarRules,
    Split,
    SetVariables,
    HttpRequest,
    LookupContact,
    UpdateContact,
    RunFunction,
    RunModule,
    Return,
    Wait,
    SendSms,
    SendEmail,
    Report,
    End,
    Play,
    Menu,
    CollectDigits,
    CollectSpeech,
    RecordMessage,
    CallRecording,
    SendDigits,
    MakeCall,
    ForwardCall,
    AssignAndDial,
    RequestCallback,
    DirectCallback,
    EstimatedWait,
    AutoAnswer,
    Whisper,
    ConnectAgent,
    Survey,
    HangUp,
    SendMessage,
    Ask,
    AssignAgents,
    CloseConversation,
)

NOT_YET_BUILT = (
    "transfer_sip",
    "sip_headers",
    "media_stream",
)


def _name(kind: type[Component]) -> str:
    name: str = kind.model_fields["component"].annotation.__args__[0]  # type: ignore[union-attr]  # every component declares a Literal
    return name


def _build(index: tuple[type[Component], ...]) -> dict[str, type[Component]]:
    palette: dict[str, type[Component]] = {}
    for kind in index:
        name = _name(kind)
        if name in palette or name in NOT_YET_BUILT:
            raise ValueError(f"two components are called {name!r}")
        palette[name] = kind
    return palette


PALETTE = _build(_INDEX)
