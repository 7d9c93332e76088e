"""What stands around English names, and what stands around words of medicine that look like names."""

from __future__ import annotations

import re

TITLE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Drs|Prof|Professor|Sir|Dame|Lord|Lady|Nurse|Matron|Mister|Madam|Master|Rev|"
    r"Reverend|Fr|Capt|"
    r"Captain|Sgt|Sergeant|Lt|Judge|Uncle|Aunt|Auntie|Aunty|Grandma|Grandpa|Granny|Grandad|Granddad|Señora?|"
    r"Monsieur|Madame|Mme|Mlle|Herr|Frau|Signora?|Midwife|Consultant|Surgeon|Pharmacist|Therapist|Counsellor|"
    r"Physiotherapist)"
    r"|\b(?:mr|mrs|ms|miss|dr))\.?[ \u00a0]+$"
)
KIN = (
    r"wife|husband|partner|spouse|fianc[ée]e?|boyfriend|girlfriend|son|daughter|mother|father|mum|mom|mummy|mommy|"
    r"dad|daddy|"
    r"brother|sister|baby|child|kid|twins?|toddler|grand(?:mother|father|son|daughter|ma|pa|child)|gran|nan|nana|"
    r"uncle|aunt|auntie|cousin|nephew|niece|"
    r"(?:mother|father|sister|brother|son|daughter)-in-law|step(?:son|daughter|mother|father|mum|mom|dad)|friend|"
    r"neighbou?r|carer|caregiver|colleague|roommate|"
    r"flatmate|boss|teacher|doctor|gp|nurse|surgeon|dentist|midwife|consultant|therapist|counsellor|pharmacist|"
    r"specialist|cardiologist|"
    r"oncologist|neurologist|psychiatrist|physician|patient|client|guardian|dog|cat"
)
CALLED = re.compile(
    r"(?:\b(?:name(?:'s|’s)?(?: is| was)?|(?:is|was|were|am|are|be|been|'s|’s) (?:called|named)|named|called|"
    r"nicknamed|known as|goes by|née|nee|aka|a\.k\.a\.|"
    r"surname(?: is)?|(?:first|last|full|maiden|given|family|middle) name(?: is)?|signed(?: by)?|seen by|reviewed by|"
    r"referred by|referred to|"
    r"written by|dictated by|prescribed by|accompanied by|treated by|operated on by|cared for by|under the care of|"
    r"registered as|attn|attention|care of|"
    r"speak(?:ing)? (?:to|with)|spoke (?:to|with)|ask(?:ing)? for|contact|next of kin|emergency contact|patient|"
    r"client|claimant|"
    r"resident|witness|employee|author|physician|provider|consultant|clinician|attending|for|from|to|re|by|cc)"
    r"(?: is| was)?[ \t]*[:：=-]?|c/o)[ \t\u00a0]*$",
    re.IGNORECASE,
)
STRONG = re.compile(
    r"(?:\bname(?:'s|’s)?(?: is| was)|\b(?:last |first |sur)?name\?|\bnam(?:ed|ing) (?:him|her|it|them)|\bnam(?:e|"
    r"ed)[ \t]*[:：]|\b(?:first|last|full|maiden|given|family) name(?: is)?[ \t]*[:：]?|\bsurname(?: is)?[ \t]*[:：]?|"
    r"\b(?:is|was|am|are) (?:called|named)|\bnicknamed|\b(?:patient|client|contact|next of kin|physician|provider|"
    r"consultant|attending|signed|"
    r"from|to|re|attn|cc|author|gp)[ \t]*[:：]|\bsigned(?: by)?|\b(?:seen|reviewed|referred|written|dictated|"
    r"prescribed|accompanied|witnessed) by|"
    r"\bspeak(?:ing)? (?:to|with)|\bask(?:ing)? for|c/o)[ \t\u00a0]*$",
    re.IGNORECASE,
)
KINSHIP = re.compile(rf"\b(?:{KIN})(?:'s|’s)?(?: (?:is|was) (?:called|named))?,?[ \t\u00a0]+$", re.IGNORECASE)
GREETING = re.compile(
    r"(?:^|[\n.!?,;:–—-][ \t]*|\b(?:oh|so|and|but) )(?:dear|hi|hello|hey|hiya|greetings|good (?:morning|afternoon|"
    r"evening)|thanks|thank you|cheers|"
    r"(?:kind|best|warm|many)? ?(?:regards|wishes)|yours(?: (?:sincerely|faithfully|truly))?|sincerely|love|xx?|"
    r"signed|best)"
    r"[,!. \t\u00a0]*(?:\r?\n[ \t]*)*[–—-]?[ \t]*$",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"\b(?:tell|told|ask|asked|thank|remember|spoke (?:to|with)|speak (?:to|with)|ring|text|phone|remind|invite|"
    r"we lost|known as|goes by)[ \u00a0]+$",
    re.IGNORECASE,
)
DOES = re.compile(
    r"^,? here\b|^, (?:\d\d?|10\d)(?:[MFmf]\b|,| ?y)|^ \((?:wife|husband|mum|mom|dad|mother|father|son|daughter|"
    r"partner|sister|brother|carer)\)|^ has (?:an? )?(?:\w+ )?allerg|^ swallowed\b|"
    r"^(?:['’]s)?,? (?:bit|needs|wants|refuses|refused|cannot|can['’]?t|won['’]?t|couldn['’]?t|wouldn['’]?t) "
    r"(?:her|his|their|walk|breathe|swallow|keep|sleep|hear|see|eat|drink|talk|stop|stand|feel|move|come|take|to)\b|"
    r"^ is (?:\w+ (?:days?|weeks?|months?|years?) old|allergic|pregnant|diabetic|teething)|"
    r"^ has (?:gout|asthma|eczema|diabetes|a (?:fever|cough|rash|cold|temperature)|had (?:her|his|a)|been)\b"
)
HERE = re.compile(r"^(?:,? (?:here|again|from|calling|speaking)\b|,|[.!?]|$)")
SELF = re.compile(r"\b(?:I am|I'm|I’m|this is|it is|it's|it’s|that is|that's|i am|im|i'm|here is|meet)[ \u00a0]+$")
PERSON_AFTER = re.compile(
    r"^(?:['’]s)?,?[ \u00a0]+(?:who|whom|whose|said|says|told|asked|asks|replied|called|calls|rang|phoned|texted|"
    r"wrote|thinks|thought|lives|lived|works|worked|"
    r"was born|is a|is an|is from|comes from|is my|was my|is \d|was \d|aged?|has been|has had|complains|complained|"
    r"complaining|reports|reported|denies|denied|presents|presented|came|went|took|takes|felt|feels|"
    r"fell|died|needs|wants|wanted|suffers|suffered|woke|cried|started|lost|became|got|gets|explained|agreed|refused|"
    r"mentioned|noticed|attended|visited|"
    r"wife|husband|mother|father|mum|mom|dad|daughter|son|sister|brother|doctor|birthday|house|phone|address|"
    r"appointment|notes|records?|baby|results|mobile|number)\b"
)
CLINICAL_AFTER = re.compile(
    r"^(?:['’´`]s?)?[ \u00a0-]+(?:(?!(?:to|on|in|at|and|or|with|for|from|the|a|an|is|was|has|had|said|of|about|by|"
    r"who|my|me)\b)[\w-]+[ \u00a0-]+)?"
    r"(?:[\w-]*(?:disease|syndrome|disorder|palsy|lymphoma|sarcoma|tumou?r|fracture|dystrophy|dementia|carcinoma|"
    r"cancer|"
    r"an(?:a)?emia|virus|fever|thyroiditis|o?esophagus|hernia|ulcer|angina|chorea|ataxia|nephropathy|neuropathy|"
    r"encephalopathy|psychosis|arteritis|vasculitis|arthritis|dermatitis|gangrene|"
    r"crisis|wort|granulomatosis|purpura|ophthalmopathy|goit(?:er|re)|aphasia|paralysis|epilepsy|migraine|h(?:a)?emophilia|"
    r"deformity|contracture|infection|bacterium|bacteria|vaccine)s?|signs?|tests?|scales?|scores?|index|"
    r"classification|criteria|criterion|phenomenon|manoeuvre|maneuver|procedure|operation|reflex|law|cells?|body|"
    r"bodies|nodes?|nodules?|patch(?:es)?|catheter|tube|line|lines|stain|agar|rings?|spots?|cyst|glands?|"
    r"ducts?|canal|tremor|position|exercises?|equation|formula|method|needle|clamp|forceps|speculum|diverticulum|"
    r"pouch|space|loop|capsule|tubules?|ligament|tendon|muscle|nerve|artery|vein|triad|tetralogy|pentad|rules?|"
    r"effect|staging|grad(?:e|ing)|stage|types?|diet|vitamins?|species|spp|scan|trial|study|guidelines?|technique|"
    r"device|questionnaire|inventory|interview|assessment|tool|pill|tablets?|cream|gel|ointment|"
    r"injections?|inhaler|spray|drops|capsules?|medication|dose|mg|mcg|ml|units?|coma|murmur|respirations?|breathing|"
    r"pulse|filter|suture|incision|splint|traction|frame|bandage|chart|hair|plot|stockings|"
    r"membrane|layer|corpuscles?|fibres?|fibers?|plexus|islets?|lobe|fissure|fold|gait|pupils?|sphincter|valve|shunt|"
    r"graft|flap|block|rash|melanoma|neoplasm|thrombosis|endocarditis|meningitis|pneumonia|diabetes|"
    r"pattern|complex|sequence|mutation|gene|protein|antigen|antibod(?:y|ies)|reaction|response|effect|paradox|"
    r"hypothesis|model|theory|units|degrees?|waves?|rhythm|interval|count|ratio|protocol|regimen|therapy|treatment)\b",
    re.IGNORECASE,
)
SPEAKS = re.compile(
    r"^,?[ \u00a0]+(?:sir|madam|ji|slipped|tripped|fainted|collapsed|cried|woke|vomited|swears|has been (?:\w+ing|sick|"
    r"ill|unwell|poorly)|who|said|says|told|asked|asks|replied|rang|phoned|texted|wrote|complain(?:s|ed)|was born|fell|"
    r"died)\b"
)
ADDRESSED = re.compile(r"^(?:, (?:can|could|please|will|would|do|did|are|have|what|how|you|I)\b|: [A-Z])")
OWNED = re.compile(r"^['’´`]s[ \u00a0]+(?:[a-z]|(?:INR|CT|MRI|ECG|EEG|GP|BP|HbA1c|CRP|X-ray|GFR|ALT)\b)")
CLINICAL_BEFORE = re.compile(
    r"\b(?:diagnosed with|diagnosis of|tested? for|treat(?:ed|ment)? (?:for|of)|symptoms of|signs of|history of|"
    r"type of|form of|case of|suffer(?:s|ing)? from|cure for|vaccine for|take|takes|taking|took|prescribed|"
    r"tablets of|dose of|mg of|on|stop|start|started|using|medicine|drug|medication|have|has|had|with|got)[ \u00a0]+$",
    re.IGNORECASE,
)
MEDICINE = re.compile(
    r"(?:mab|nib|pril|sartan|statin|olol|azole|cillin|mycin|micin|floxacin|gliptin|gliflozin|glutide|prazole|triptan|"
    r"dipine|"
    r"zosin|oxetine|azepam|azolam|zepine|barbital|ciclovir|navir|tegravir|buvir|caine|thiazide|semide|formin|parin|"
    r"xaban|"
    r"gatran|grel|solone|phylline|terol|tropium|cycline|setron|profen|fenac|oxicam|coxib|dronate|parib|ciclib|"
    r"rubicin|platin|"
    r"taxel|trexate|itis|osis|emia|aemia|opathy|ectomy|otomy|ostomy|plasty|scopy|graphy|algia|uria|pnea|pnoea|coccus|"
    r"cocci|"
    r"bacter|bacillus|bacterium|virus|plasma|monas|cyte|cytes|genic|logy|logist|logists|metry|rrhea|rrhoea|lysis|"
    r"genesis|"
    r"penia|phobia|plegia|tropin|globulin|hormone|hydrate|chloride|sulfate|sulphate|phosphate|zole)$"
)
CHEMICAL = re.compile(r"(?:ine|ide|vir|sone|olone|one|ase|gen|ium|oma|ella|acid|ate|ol)$")
NAME_ENDS = re.compile(
    r"(?:sson|sdottir|sdóttir|sen|wicz|ski|ska|sky|skaya|skiy|owa|ova|ová|eva|enko|chuk|ović|ovic|ević|evic|escu|"
    r"eanu|idis|opoulos|akis|yan|shvili|adze|nen|"
    r"quist|qvist|berg|strom|ström|stein|mann|ington|worth|shaw|azzi|etti|elli|ucci|iak|czyk|arz|ián|ész|ős|ffy|oğlu|"
    r"oglu)$"
)
