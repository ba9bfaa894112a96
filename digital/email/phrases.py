"""How mail programs introduce what they add to an answer, in the languages of our contacts."""

import re

QUOTE = re.compile(r"\s{0,3}>")
WRITES = re.compile(
    r"(?:\b(?:wrote|escribió|escreveu|ha scritto|scrisse|geschreven)(?: \(.{1,80}\))?"
    r"|\ba [ée]crit|\b(?:schrieb|schreef|skrev)(?: .{1,200})?|\bnapisał\(?a?\)?"
    r"|^\d{4}[-/.]\d\d?[-/.]\d\d?\s.{0,200}<[^<>@]{1,80}@[^<>]{1,200}>)\s?:\s{0,3}$",
    re.IGNORECASE,
)
BEGINS = re.compile(r"(?:On|Am|Le|El|Em|No dia|A|Il|Op|Den|W dniu|Dnia|\d)\b", re.IGNORECASE)
DATED = re.compile(r"\d|@")
SEPARATOR = re.compile(
    r"\s{0,3}(?:-{2,20}|_{2,20})\s{0,3}"
    r"(?:Original Message|Original Appointment|Ursprüngliche Nachricht|Originalnachricht"
    r"|Weitergeleitete Nachricht|Message d'origine|Message original|Message d’origine"  # noqa: RUF001  the apostrophe of French mail programs
    r"|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht"
    r"|Forwarded message|Reply message|Antwort|Mensaje reenviado|Mensagem encaminhada)"
    r"\s{0,3}(?:-{2,20}|_{2,20})\s{0,3}$",
    re.IGNORECASE,
)
LINE = re.compile(r"\s{0,3}(?:_{20,200}|-{30,200})\s{0,3}$")
FROM = re.compile(r"\*{0,2}\s?(?:From|Von|De|Da|Van|Från|Fra|Od)\s?:", re.IGNORECASE)
MORE = re.compile(
    r"\*{0,2}\s?(?:Sent|Date|To|Subject|Cc|Gesendet|Datum|An|Betreff|Envoyé(?: le)?|Date|À|A|Objet"
    r"|Enviado(?: el| em)?|Fecha|Data|Para|Asunto|Assunto|Inviato|Oggetto|Verzonden|Aan|Onderwerp"
    r"|Skickat|Till|Ämne|Sendt|Til|Emne)\s?:",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"--\s?$")
MOBILE = re.compile(
    r"\s{0,3}(?:Sent from (?:my|Outlook|Yahoo|Mail|Proton|the|a)\b"
    r"|(?:Von meinem|Gesendet (?:von|mit|aus)|Diese Nachricht wurde von meinem)\b"
    r"|Envoyé (?:de|depuis|à partir)\b|Enviado (?:desde|do|de|a partir)\b|Enviada do\b"
    r"|Inviato da\b|Verstuurd vanaf\b|Verzonden vanaf\b|Skickat från\b|Sendt fra\b"
    r"|Get Outlook for\b|Holen Sie sich Outlook\b|Outlook für (?:iOS|Android)\b"
    r"|Télécharge[rz] Outlook\b|Obtenir Outlook\b|Obtener Outlook\b|Obter o Outlook\b"
    r"|Outlook (?:for|para|pour) (?:iOS|Android)\b).{0,150}$",
    re.IGNORECASE,
)
